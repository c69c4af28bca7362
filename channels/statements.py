"""What an integration of a database driver says, without saying how events are made."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Literal, TypeAlias

from . import clock
from ._identity import current_exchange, next_id, thread_name
from ._stack import Stack, capture_stack
from ._suppression import suppress, suppressed
from .database import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionReady,
    ResultDescribed,
    RowsFetched,
    StatementFailed,
    StatementFinished,
    StatementStarted,
    TransactionChanged,
    connections,
    statements,
)

TransactionState: TypeAlias = Literal["begin", "commit", "rollback"]

_errand: ContextVar[Errand | None] = ContextVar("tapscope_errand", default=None)


class DatabaseConnection:
    """One connection to a database: publishes the events of ``database.connection``.

    Made by :meth:`open` for every connection, whether somebody listens or not,
    so that one which was opened earlier can be told with its first statement.
    ``close`` and ``fail`` end it; whichever comes first counts.

    Attributes:
        id: Unique in this process among exchanges of all kinds.
        driver: The module that speaks to the database.
        database: Which one; never with a password.
        ended: Whether it is closed or has failed.
    """

    __slots__ = ("_at", "_thread", "_told", "_version", "database", "driver", "ended", "id")

    def __init__(self, driver: str, database: str) -> None:
        self.id: int = next_id()
        self.driver: str = driver
        self.database: str = database
        self.ended: bool = False
        self._at = clock.now()
        self._thread = thread_name()
        self._told = False
        self._version: str | None = None

    @classmethod
    def open(cls, driver: str, database: str) -> DatabaseConnection:
        """Make one that is about to be opened, and publish that if somebody listens."""
        connection = cls(driver, database)
        if connections.start.has_subscribers and not suppressed():
            connection._tell(_stack(), current_exchange.get())
        return connection

    def ready(self, version: str) -> None:
        """Publish that statements can be sent through it, to a database of that *version*."""
        self._version = version
        if self._told:
            connections.headers.publish(ConnectionReady(self.id, clock.now(), version))

    def used(self) -> None:
        """Publish its start now, if nobody listened then and somebody does by now."""
        if self._told or self.ended or not connections.start.has_subscribers or suppressed():
            return
        self._tell((), None)
        if self._version is not None:
            self.ready(self._version)

    def transaction(self, state: TransactionState, statement: int | None = None) -> None:
        """Publish that a transaction has begun or ended, by the *statement* of that id."""
        self.used()
        if self._told and not self.ended:
            event = TransactionChanged(self.id, clock.now(), state, statement)
            connections.body_chunk.publish(event)

    def close(self) -> None:
        """Publish that it is closed."""
        if not self.ended:
            self.ended = True
            if self._told:
                connections.finish.publish(ConnectionClosed(self.id, clock.now()))

    def fail(self, error: BaseException) -> None:
        """Publish that it could not be opened, or was lost; the caller raises *error*."""
        if not self.ended:
            self.ended = True
            if self._told:
                connections.error.publish(ConnectionFailed(self.id, clock.now(), error))

    def _tell(self, stack: Stack, parent: int | None) -> None:
        self._told = True
        connections.start.publish(
            ConnectionOpened(
                self.id, self._at, self.driver, self.database, stack, self._thread, parent
            )
        )


class StatementExchange:
    """One statement on its way: publishes the events of ``database``.

    Made by :meth:`start`, when the integration has seen that somebody listens.
    ``finish`` and ``fail`` end it; whichever comes first counts, the rest is ignored.

    Attributes:
        id: Unique in this process.
        ended: Whether it has finished or failed.
        fetched_rows: How many rows the program has got.
    """

    __slots__ = ("ended", "fetched_rows", "id")

    def __init__(self) -> None:
        self.id: int = next_id()
        self.ended: bool = False
        self.fetched_rows: int = 0

    @classmethod
    def start(
        cls,
        connection: DatabaseConnection,
        statement: str,
        parameters: object = None,
        *,
        many: bool = False,
    ) -> StatementExchange | None:
        """Publish the start; ``None`` where that is suppressed.

        Args:
            parameters: The program's own object.  With *many* it is a sequence of
                them; an iterator, which nobody may consume, is not published.
        """
        if suppressed():
            return None
        connection.used()
        exchange = cls()
        if many and hasattr(type(parameters), "__next__"):
            parameters = None
        statements.start.publish(
            StatementStarted(
                exchange.id,
                clock.now(),
                connection.driver,
                connection.database,
                statement,
                parameters,
                _stack(),
                thread_name(),
                many,
                current_exchange.get(),
                connection.id,
            )
        )
        return exchange

    def described(self, columns: Sequence[str], changed: int | None) -> None:
        """Publish what the database has answered: the rows' columns, and how many it changed."""
        if not self.ended:
            event = ResultDescribed(self.id, clock.now(), columns, changed)
            statements.headers.publish(event)

    def fetched(self, rows: Sequence[object]) -> None:
        """Publish rows that the program has just got."""
        if rows and not self.ended:
            self.fetched_rows += len(rows)
            statements.body_chunk.publish(RowsFetched(self.id, clock.now(), rows))

    def finish(self, *, complete: bool = True) -> None:
        """Publish that the program is done with the result, all of it or not."""
        if not self.ended:
            self.ended = True
            event = StatementFinished(self.id, clock.now(), self.fetched_rows, complete)
            statements.finish.publish(event)

    def fail(self, error: BaseException) -> None:
        """Publish that the statement ended with *error*; the caller raises it."""
        if not self.ended:
            self.ended = True
            statements.error.publish(StatementFailed(self.id, clock.now(), error))


class Errand:
    """What another thread does on behalf of where this is made.

    A driver for asyncio hands its work to a thread that lives as long as the
    connection, so neither stack nor parent can be seen there.  What is published
    inside ``with errand`` has those of here, and is suppressed if it would be here.

    Attributes:
        stack: Where it was made.
    """

    __slots__ = ("_outer", "_parent", "_silence", "stack")

    def __init__(self) -> None:
        self.stack: Stack = capture_stack(1)
        self._parent = current_exchange.get()
        self._silence = suppress() if suppressed() else None
        self._outer: tuple[Token[Errand | None], Token[int | None]] | None = None

    def __enter__(self) -> None:
        self._outer = _errand.set(self), current_exchange.set(self._parent)
        if self._silence is not None:
            self._silence.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._silence is not None:
            self._silence.__exit__(kind, error, traceback)
        if self._outer is not None:
            _errand.reset(self._outer[0])
            current_exchange.reset(self._outer[1])


def _stack() -> Stack:
    """The stack of the integration, or that of who sent it."""
    errand = _errand.get()
    return capture_stack(2) if errand is None else errand.stack
