"""What happens to the databases of all programs, for all sessions."""

from __future__ import annotations

import attrs

from ....link.messages import Event, ExchangeFailed, WorkAnswered, WorkChunk, WorkStarted
from ...api.target import Target
from ...api.timed_feed import TimedFeed
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types, views
from .recorded import CONNECTIONS, STATEMENTS, Changed, Described, Finished, Started
from .statements import normalised


@attrs.frozen
class Group:
    """What tells statements apart: where they were sent, and what they say."""

    driver: str
    database: str
    statement: str


class DatabaseFeed(TimedFeed[Group]):
    """Tells what happens, counts statements, and points at those that are slow."""

    def __init__(self, target: Target) -> None:
        super().__init__(target, Group("", "", "(others)"))

    def start(self) -> None:
        """Count what has happened so far; from now on it is counted as it happens."""
        self.clear()
        for exchange in self.target.history(STATEMENTS):
            if exchange.end is not None:
                self._count(exchange)

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Tell what *event* means."""
        if exchange.lifecycle == CONNECTIONS:
            self._connection(exchange, event)
        elif isinstance(event, WorkStarted):
            self.send(types.StatementStarted(statement=views.statement(exchange)))
        elif exchange.end is event:
            self._count(exchange)
            self._ended(exchange)

    def _connection(self, exchange: Exchange, event: Event) -> None:
        if isinstance(event, WorkAnswered):
            self.send(types.ConnectionOpened(connection=views.connection(exchange)))
        elif isinstance(event, WorkChunk):
            self._transaction(exchange, event)
        elif exchange.end is event:
            self.send(types.ConnectionClosed(connection=views.connection(exchange)))

    def _transaction(self, exchange: Exchange, event: WorkChunk) -> None:
        if event.fields is None:
            return
        changed = exchange.chunks(Changed)[-1]
        self.send(
            types.TransactionChanged(
                connection_id=exchange.id,
                state=changed.state,
                timestamp=seconds(exchange.process, event.at),
                statement_id=views.id_of(exchange, changed.statement),
            )
        )

    def _ended(self, exchange: Exchange) -> None:
        took, at = views.duration(exchange), seconds(exchange.process, exchange.last_at)
        if isinstance(exchange.end, ExchangeFailed):
            self.send(
                types.StatementFailed(
                    statement_id=exchange.id,
                    timestamp=at,
                    duration=took,
                    error_text=views.error_text(exchange) or "",
                )
            )
        else:
            finished = exchange.finished(Finished) or Finished()
            described = exchange.answered(Described) or Described()
            self.send(
                types.StatementFinished(
                    statement_id=exchange.id,
                    timestamp=at,
                    duration=took,
                    fetched=finished.fetched,
                    complete=finished.complete,
                    changed=described.changed,
                )
            )
        if self.is_slow(took):
            self._slow(exchange, took)

    def _slow(self, exchange: Exchange, took: float) -> None:
        statement = views.statement(exchange)
        self.send(types.SlowStatement(statement=statement, duration=took))
        text = f"slow statement ({took:,.1f} ms): {statement.statement:.200}"
        self.target.say("warning", text, exchange.process.number)

    def _count(self, exchange: Exchange) -> None:
        started = exchange.started(Started)
        group = Group(started.driver, started.database, normalised(started.statement))
        failed = isinstance(exchange.end, ExchangeFailed)
        self.statistics.add(group, views.duration(exchange), failed=failed)
