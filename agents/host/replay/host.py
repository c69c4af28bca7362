"""A host without a program."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from ..host import Host, HostOptions
from ..session.runner import Runner
from ..session.session import HostSession
from .session import ReplaySession
from .trace_file import TraceFile


class ReplayHost(Host):
    """Serves *trace* to any number of front ends; each gets all of it."""

    def __init__(self, options: HostOptions, trace: TraceFile) -> None:
        super().__init__(options)
        self._trace = trace

    def connect(
        self, wake: Callable[[], None], runner: Runner | None = None, *, onlooker: bool = False
    ) -> HostSession:
        """Take a new front end."""
        del runner, onlooker  # nothing ends here by itself
        session = ReplaySession(self.target, wake, self.disconnect, self._trace)
        self._sessions.append(session)
        self.on_change()
        return session

    def protocol(self) -> bytes:
        """Give the description of the domains that there were."""
        return orjson.dumps(self._trace.header.protocol)
