"""What happens to the native code of all programs, for all sessions."""

from __future__ import annotations

from weakref import WeakSet

import attrs

from ....link.messages import Event, ExchangeFailed, WorkChunk, WorkStarted
from ...api.target import Target
from ...api.timed_feed import TimedFeed
from ...store.clock import seconds
from ...store.exchange import Exchange, read_chunks
from . import types, views
from .presentation import overdue_text, slow_text
from .recorded import CALLS, COUNTS, CalledBack, Counted, Finished, Started

_MILLISECOND = 1_000_000


@attrs.frozen
class Function:
    """What tells functions apart."""

    library: str
    name: str


class NativeFeed(TimedFeed[Function]):
    """Tells what happens, counts calls, and points at those that are slow.

    Attributes:
        counted: How many of each function's calls were only counted.
    """

    def __init__(self, target: Target) -> None:
        super().__init__(target, Function("", "(others)"))
        self.counted: dict[Function, int] = {}
        self._pointed: WeakSet[Exchange] = WeakSet()

    def start(self) -> None:
        """Count what has happened so far; from now on it is counted as it happens."""
        self.clear()
        for exchange in self.target.history(CALLS):
            if exchange.end is not None:
                self._count(exchange)
        for exchange in self.target.history(COUNTS):
            for piece in exchange.chunks(Counted):
                self._count_many(exchange, piece)

    def clear(self) -> None:
        """Count anew."""
        super().clear()
        self.counted.clear()

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Tell what *event* means."""
        if exchange.lifecycle == COUNTS:
            self._summed(exchange, event)
        elif isinstance(event, WorkStarted):
            self.send(types.CallStarted(call=views.call(exchange)))
        elif isinstance(event, WorkChunk):
            self._called_back(exchange, event)
        elif exchange.end is event:
            self._count(exchange)
            self._ended(exchange)

    def _called_back(self, exchange: Exchange, event: WorkChunk) -> None:
        for chunk in read_chunks(event, CalledBack):
            self.send(
                types.CalledBack(
                    call_id=exchange.id,
                    timestamp=seconds(exchange.process, event.at),
                    function=chunk.function,
                    data=chunk.data,
                )
            )

    def _ended(self, exchange: Exchange) -> None:
        took, at = views.duration(exchange), seconds(exchange.process, exchange.last_at)
        if isinstance(exchange.end, ExchangeFailed):
            error = views.error_text(exchange)
            self.send(
                types.CallFailed(call_id=exchange.id, timestamp=at, duration=took, error_text=error)
            )
        else:
            finished = exchange.finished(Finished) or Finished()
            self.send(
                types.CallFinished(
                    call_id=exchange.id,
                    timestamp=at,
                    duration=took,
                    items=finished.items,
                    result=finished.result,
                    errno=finished.errno,
                )
            )
        if self.is_slow(took) and exchange not in self._pointed:
            self._point(exchange, took, slow_text(exchange, took))

    def look(self) -> None:
        """Point at calls that have gone on for as long as the threshold."""
        for exchange in self.target.lasting if self.has_slow_threshold else ():
            waiting = exchange.lifecycle == CALLS and exchange.response is None
            if waiting and exchange not in self._pointed:
                took = views.elapsed(exchange)
                if self.is_slow(took):
                    self._point(exchange, took, overdue_text(exchange, took / 1000))

    def _point(self, exchange: Exchange, took: float, text: str) -> None:
        self._pointed.add(exchange)
        self.send(types.SlowCall(call=views.call(exchange), duration=took))
        self.target.say("warning", text, exchange.process.number)

    def _summed(self, exchange: Exchange, event: Event) -> None:
        if not isinstance(event, WorkChunk):
            return
        started = exchange.started(Started)
        for piece in read_chunks(event, Counted):
            self._count_many(exchange, piece)
            self.send(
                types.CallsCounted(
                    library=started.library,
                    function=started.function,
                    process=exchange.process.number,
                    timestamp=seconds(exchange.process, event.at),
                    calls=piece.calls,
                    failed=piece.failed,
                    total=piece.total / _MILLISECOND,
                    max=piece.longest / _MILLISECOND,
                )
            )

    def _count(self, exchange: Exchange) -> None:
        failed = isinstance(exchange.end, ExchangeFailed)
        self.statistics.add(_function(exchange), views.duration(exchange), failed=failed)

    def _count_many(self, exchange: Exchange, piece: Counted) -> None:
        function = _function(exchange)
        self.counted[function] = self.counted.get(function, 0) + piece.calls
        self.statistics.of(function).add_many(
            piece.calls,
            piece.failed,
            piece.total / _MILLISECOND,
            piece.longest / _MILLISECOND,
            [took / _MILLISECOND for took in piece.sample],
        )


def _function(exchange: Exchange) -> Function:
    started = exchange.started(Started)
    return Function(started.library, started.function)
