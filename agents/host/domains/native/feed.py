"""What happens to the native code of all programs, for all sessions."""

from __future__ import annotations

import attrs

from ....link.messages import Event, ExchangeFailed, WorkChunk, WorkStarted
from ....link.plain import unpack
from ...clock import seconds
from ...exchange import Exchange, read
from ...target import Target
from ...timed_feed import TimedFeed
from . import types, views
from .presentation import url_of
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
        for value in unpack(event.fields or b""):
            chunk = read(value, CalledBack, "the program")
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
        if self.is_slow(took):
            self._slow(exchange, took)

    def _slow(self, exchange: Exchange, took: float) -> None:
        self.send(types.SlowCall(call=views.call(exchange), duration=took))
        url = url_of(exchange.started(Started))
        text = f"slow native call ({took:,.1f} ms): {url} (request {exchange.id})"
        self.target.say("warning", text, exchange.process.number)

    def _summed(self, exchange: Exchange, event: Event) -> None:
        if not isinstance(event, WorkChunk):
            return
        started = exchange.started(Started)
        for value in unpack(event.fields or b""):
            piece = read(value, Counted, "the program")
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
                    longest=piece.longest / _MILLISECOND,
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
