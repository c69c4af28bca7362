"""A front end of a trace."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import orjson

from ..api.target import Target
from ..protocol.errors import METHOD_NOT_FOUND, CommandError
from ..session.request import Request
from ..session.session import HostSession
from .trace_file import TraceFile

_ENABLE, _DISABLE = "enable", "disable"
_EVENTS = ""
_RELEASE = "Runtime.runIfWaitingForDebugger"


class ReplaySession(HostSession):
    """Answers commands as they were answered while the trace was recorded.

    The events of a domain are sent when it is enabled, all at once.
    """

    def __init__(
        self,
        target: Target,
        wake: Callable[[], None],
        on_close: Callable[[HostSession], object],
        trace: TraceFile,
    ) -> None:
        super().__init__(target, wake, on_close, None)
        self._trace = trace
        self._enabled: set[str] = set()
        self._batches: deque[Iterator[list[bytes]]] = deque()

    def _do(self, request: Request) -> None:
        domain, _, command = request.method.partition(".")
        told = self._trace.answer(request.method, request.params) or self._default(request)
        if command == _ENABLE and domain not in self._enabled:
            self._enabled.add(domain)
            self._batches.append(self._trace.events(domain))
            if not self._outbox.is_replaying(_EVENTS):
                self._outbox.replay(_EVENTS, self._pending())
        elif command == _DISABLE:
            self._enabled.discard(domain)
        self.send(orjson.dumps({"id": request.id, **told}))

    def _default(self, request: Request) -> dict[str, object]:
        """Give the answer to a command that was not asked while the trace was recorded."""
        if request.method not in self._trace.commands:
            raise CommandError(f"'{request.method:.100}' wasn't found", METHOD_NOT_FOUND)
        command = request.method.partition(".")[2]
        if command in (_ENABLE, _DISABLE) or request.method == _RELEASE:
            return {"result": {}}
        raise CommandError(f"the trace has no answer to this {request.method}")

    def _pending(self) -> Iterator[list[bytes]]:
        while self._batches:
            yield from self._batches.popleft()
