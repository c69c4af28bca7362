"""A recorder that says what it records."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...link.messages import Event, ExchangeFailed, ExchangeFinished, SocketClosed, WorkFinished
from ..budget import Budget
from ..exchange import Exchange, Process
from ..recorder import Recorder

_ENDS = (ExchangeFinished, WorkFinished, ExchangeFailed, SocketClosed)


class WatchedRecorder(Recorder):
    """Calls *on_end* with each exchange that has ended, while what is kept of it is still there.

    Unless it is *live*, that is, front ends are going to ask for bodies, too, these make room
    then for those of exchanges that have not ended.
    """

    def __init__(self, budget: Budget, on_end: Callable[[Exchange], object], *, live: bool) -> None:
        super().__init__(budget)
        self._on_end = on_end
        self._live = live
        self._open: set[tuple[int, int]] = set()

    @property
    def lost(self) -> int:
        """How many exchanges were forgotten before they ended."""
        return sum(self.find(*key) is None for key in self._open)

    def record(self, process: Process, event: Event) -> Exchange | None:
        """See :meth:`Recorder.record`."""
        exchange = super().record(process, event)
        if exchange is None:
            return None
        if exchange.end is None:
            self._open.add(exchange.key)
        elif isinstance(event, _ENDS):
            self._open.discard(exchange.key)
            self._on_end(exchange)
            if not self._live:
                self._drop_bodies(exchange, "they are in the file")
        return exchange

    def going_on(self) -> Iterator[Exchange]:
        """Give the exchanges that have not ended, oldest first."""
        found = (self.find(*key) for key in self._open)
        return iter(sorted((e for e in found if e is not None), key=lambda e: e.sequence))
