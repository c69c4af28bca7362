"""What was published about native calls, put together by call."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import attrs

from tapscope import channels
from tapscope.channels.native import (
    CalledBack,
    CallFailed,
    CallFinished,
    CallReturned,
    CallStarted,
)


@attrs.define
class Call:
    """One call as a subscriber saw it, the names of its events in order."""

    started: CallStarted
    returned: CallReturned | None = None
    finished: CallFinished | None = None
    failed: CallFailed | None = None
    items: list[CalledBack] = attrs.field(factory=list[CalledBack])
    events: list[str] = attrs.field(factory=list[str])

    @property
    def name(self) -> str:
        return f"{self.started.library}.{self.started.function}"


class Recording(list[Call]):
    """All calls, in the order of their starts."""

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[int, Call] = {}

    def __call__(self, event: Any, channel: str) -> None:
        if isinstance(event, CallStarted):
            self._by_id[event.id] = Call(event)
            self.append(self._by_id[event.id])
        call = self._by_id[event.id]
        call.events.append(channel.rpartition(".")[2])
        if isinstance(event, CallReturned):
            call.returned = event
        elif isinstance(event, CallFinished):
            call.finished = event
        elif isinstance(event, CallFailed):
            call.failed = event
        elif isinstance(event, CalledBack):
            call.items.append(event)

    def only(self) -> Call:
        """Give the one call there was."""
        assert len(self) == 1, [call.name for call in self]
        return self[0]


@contextmanager
def recording() -> Generator[Recording]:
    """Record what is published meanwhile."""
    recorded = Recording()
    with channels.subscribe("native.*", recorded):
        yield recorded
