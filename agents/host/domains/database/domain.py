"""The commands of the Database domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...api.command import command
from ...api.domain import Domain
from ...api.feed import Feed
from ...api.rows import Row
from ...protocol.errors import CommandError
from ...store.exchange import Exchange
from . import types, views
from .feed import DatabaseFeed
from .presentation import statement_row
from .recorded import CONNECTIONS, STATEMENTS, Started

if TYPE_CHECKING:
    from ...api.session import Session

_EXPLAIN = {"sqlite3": "tapscope.integrations.sqlite3:explain"}
"""For each driver what asks for a plan, in the program."""


class Database(Domain):
    """Connections, statements with their results and plans, transactions and statistics."""

    name = "Database"
    events: ClassVar[tuple[type, ...]] = (
        types.ConnectionOpened,
        types.ConnectionClosed,
        types.TransactionChanged,
        types.StatementStarted,
        types.StatementFinished,
        types.StatementFailed,
        types.SlowStatement,
    )
    lifecycles: ClassVar[tuple[str, ...]] = (STATEMENTS, CONNECTIONS)
    feed: ClassVar[type[Feed]] = DatabaseFeed

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._feed = self.target.feed(DatabaseFeed)

    @command
    def get_connections(self) -> types.Connections:
        """List the connections that are open, and those closed ones that are still known."""
        found = self.target.history(CONNECTIONS)
        return types.Connections(connections=[views.connection(exchange) for exchange in found])

    @command
    def get_result(self, statement_id: str) -> types.StatementResult:
        """Give a statement's result as far as the program has fetched it; nothing is run for that.

        It can be asked for again, and while the program is still fetching.
        """
        return views.result(self._find(statement_id))

    @command(deadline=5.0)
    async def explain(self, statement_id: str) -> types.Plan:
        """Ask the database how it would do a statement, where that has no side effect."""
        exchange = self._find(statement_id)
        started = exchange.started(Started)
        if started.driver not in _EXPLAIN or started.connection is None:
            raise CommandError(f"there are no plans to be had from {started.driver} here")
        arguments = {"connection": started.connection, "statement": started.statement}
        return await self.call(_EXPLAIN[started.driver], types.Plan, arguments, exchange.process)

    @command
    def get_statistics(self) -> types.StatisticsResult:
        """Give how long statements took, those together that differ only in their values."""
        return types.StatisticsResult(
            statistics=[
                types.StatementStatistics(
                    statement=group.statement,
                    driver=group.driver,
                    database=group.database,
                    count=durations.count,
                    failed=durations.failed,
                    total=durations.total,
                    p50=durations.percentile(0.5),
                    p95=durations.percentile(0.95),
                    max=durations.longest,
                )
                for group, durations in self._feed.statistics.slowest()
            ]
        )

    @command
    def reset_statistics(self) -> None:
        """Count anew from now on, for all front ends."""
        self._feed.clear()

    @command
    def set_slow_threshold(self, milliseconds: float | None = None) -> None:
        """Point at statements that take as long, by an event and in the Console.

        Without a number at none.  The last front end to say so decides for all; it
        holds while any has the domain enabled.
        """
        self._feed.set_slow_threshold(milliseconds)

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        """Show statements; a connection has no row of its own."""
        return statement_row(exchange) if exchange.lifecycle == STATEMENTS else None

    def _find(self, wanted: str) -> Exchange:
        exchange = self.target.exchange(wanted)
        if exchange is not None and exchange.lifecycle == STATEMENTS:
            return exchange
        raise CommandError(f"no statement {wanted!r} is recorded, or not any more")
