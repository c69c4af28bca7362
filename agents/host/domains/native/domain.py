"""The commands of the Native domain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from ....link.messages import Event
from ...api.command import command
from ...api.domain import Domain
from ...api.feed import Feed
from ...api.rows import ConsoleLine, Row, StreamItem
from ...store.exchange import Exchange, read_value
from . import types, views
from .feed import NativeFeed
from .presentation import call_row, count_row, item_of, overdue_line, slow_line
from .recorded import CALLS, COUNTS, CalledBack

if TYPE_CHECKING:
    from ...api.session import Session


class Native(Domain):
    """Calls of native code: those that go on, how they end, and how long they take."""

    name = "Native"
    events: ClassVar[tuple[type, ...]] = (
        types.CallStarted,
        types.CalledBack,
        types.CallFinished,
        types.CallFailed,
        types.CallsCounted,
        types.SlowCall,
    )
    lifecycles: ClassVar[tuple[str, ...]] = (CALLS, COUNTS)
    feed: ClassVar[type[Feed]] = NativeFeed

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._feed = self.target.feed(NativeFeed)

    @command
    def get_running(self) -> types.Calls:
        """List the calls that have not ended, with the time they have gone on."""
        running = [
            exchange
            for exchange in self.target.history(CALLS)
            if exchange.end is None and not exchange.process.ended
        ]
        return types.Calls(calls=[views.call(exchange) for exchange in running])

    @command
    def get_statistics(self) -> types.StatisticsResult:
        """Give for each function how often it was called, and how long that took."""
        return types.StatisticsResult(
            statistics=[
                types.FunctionStatistics(
                    library=function.library,
                    function=function.name,
                    count=durations.count,
                    counted=self._feed.counted.get(function, 0),
                    failed=durations.failed,
                    total=durations.total,
                    p50=durations.percentile(0.5),
                    p95=durations.percentile(0.95),
                    max=durations.longest,
                )
                for function, durations in self._feed.statistics.slowest()
            ]
        )

    @command
    def reset_statistics(self) -> None:
        """Count anew from now on, for all front ends."""
        self._feed.clear()

    @command
    def set_slow_threshold(self, milliseconds: float | None = None) -> None:
        """Point at calls that take as long, by an event and in the Console.

        Without a number at none.  The last front end to say so decides for all; it
        holds while any has the domain enabled.
        """
        self._feed.set_slow_threshold(milliseconds)

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        """Show each call, and in one row those of a function that are only counted."""
        return call_row(exchange) if exchange.lifecycle == CALLS else count_row(exchange)

    @classmethod
    def items(cls, exchange: Exchange, chunks: list[Any]) -> Iterable[StreamItem]:
        """Show what a call has called back or given."""
        del exchange
        return map(item_of, (read_value(chunk, CalledBack) for chunk in chunks))

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterable[ConsoleLine]:
        """Point at calls that the program calls slow."""
        if exchange.lifecycle == CALLS and exchange.end is event:
            return slow_line(exchange)
        return ()

    @classmethod
    def overdue(cls, exchange: Exchange, seconds: float) -> Iterable[ConsoleLine]:
        """Point at calls that the program calls slow, while they go on."""
        return overdue_line(exchange, seconds) if exchange.lifecycle == CALLS else ()
