"""What happens to databases: the lifecycles ``database`` and ``database.connection``.

The first is that of one statement, the second that of the connection it is sent
through.  Times are nanoseconds of :func:`time.monotonic_ns`.  Events are shared by all
subscribers and must not be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs

from ._lifecycle import Lifecycle, lifecycle
from ._stack import Stack


@attrs.define(eq=False)
class StatementStarted:
    """A statement is about to be sent.

    Attributes:
        id: Unique in this process; the same on every event of one statement.
        at: When the program asked for it, in nanoseconds.
        driver: The module that speaks to the database: ``"sqlite3"``, ``"psycopg"``.
        database: Which one: a path, or ``host:port/name``; never a password.
        statement: As the program gave it, with its placeholders.
        parameters: What the placeholders stand for; the program's own object, not a copy.
        stack: Where the program asked for it.
        thread: The name of the thread it runs in.
        many: Whether *parameters* is a sequence of them, as with ``executemany``;
            an iterator is not consumed, and is then ``None``.
        parent: The exchange that caused this one, if that is known.
        connection: The id of the connection it is sent through, if that is known.
    """

    id: int
    at: int
    driver: str
    database: str
    statement: str
    parameters: object
    stack: Stack
    thread: str
    many: bool = False
    parent: int | None = None
    connection: int | None = None


@attrs.define(eq=False)
class ResultDescribed:
    """The database has answered, and says what the rows are made of.

    Attributes:
        id: The statement's.
        at: When the call returned, in nanoseconds.
        columns: Their names; empty where there are no rows.
        changed: How many rows it changed; ``None`` if the driver can't tell.
    """

    id: int
    at: int
    columns: Sequence[str] = ()
    changed: int | None = None


@attrs.define(eq=False)
class RowsFetched:
    """The program has fetched some rows.

    Attributes:
        id: The statement's.
        at: When it had them, in nanoseconds.
        rows: The program's own objects, not copies: to be read at once or not at all.
    """

    id: int
    at: int
    rows: Sequence[object]


@attrs.define(eq=False)
class StatementFinished:
    """The program is done with the result.

    Attributes:
        id: The statement's.
        at: When that was, in nanoseconds.
        fetched: How many rows the program has fetched.
        complete: False if it left rows behind.
    """

    id: int
    at: int
    fetched: int = 0
    complete: bool = True


@attrs.define(eq=False)
class StatementFailed:
    """The statement ended with an error.

    Attributes:
        id: The statement's.
        at: When that was, in nanoseconds.
        error: What the driver raised; the program gets that very exception.
    """

    id: int
    at: int
    error: BaseException


statements: Lifecycle[
    StatementStarted, ResultDescribed, RowsFetched, StatementFinished, StatementFailed
]
statements = lifecycle(
    "database",
    start=StatementStarted,
    headers=ResultDescribed,
    body_chunk=RowsFetched,
    finish=StatementFinished,
    error=StatementFailed,
)


@attrs.define(eq=False)
class ConnectionOpened:
    """A connection is about to be opened, or one that was open before anybody listened is used.

    Attributes:
        id: Unique in this process among exchanges of all kinds; the same on every event of
            one connection.
        at: When the program asked for it, in nanoseconds.
        driver: As in :class:`StatementStarted`.
        database: As in :class:`StatementStarted`.
        stack: Where the program asked for it; empty if nobody listened then.
        thread: The name of the thread that asked.
        parent: The exchange that caused it, if that is known.
    """

    id: int
    at: int
    driver: str
    database: str
    stack: Stack
    thread: str
    parent: int | None = None


@attrs.define(eq=False)
class ConnectionReady:
    """Statements can be sent through the connection.

    Attributes:
        id: The connection's.
        at: When that was, in nanoseconds.
        version: Of the database's own software.
    """

    id: int
    at: int
    version: str


@attrs.define(eq=False)
class TransactionChanged:
    """A transaction has begun or ended on the connection.

    Attributes:
        id: The connection's.
        at: When that was seen, in nanoseconds.
        state: What has happened.
        statement: The statement that did it; ``None`` if it was a call like ``commit()``.
    """

    id: int
    at: int
    state: Literal["begin", "commit", "rollback"]
    statement: int | None = None


@attrs.define(eq=False)
class ConnectionClosed:
    """The connection is closed, by the program or because nothing refers to it any more.

    Attributes:
        id: The connection's.
        at: When that was, in nanoseconds.
    """

    id: int
    at: int


@attrs.define(eq=False)
class ConnectionFailed:
    """The connection could not be opened, or was lost.

    Attributes:
        id: The connection's.
        at: When that was, in nanoseconds.
        error: What the driver raised; the program gets that very exception.
    """

    id: int
    at: int
    error: BaseException


connections: Lifecycle[
    ConnectionOpened, ConnectionReady, TransactionChanged, ConnectionClosed, ConnectionFailed
]
connections = lifecycle(
    "database.connection",
    start=ConnectionOpened,
    headers=ConnectionReady,
    body_chunk=TransactionChanged,
    finish=ConnectionClosed,
    error=ConnectionFailed,
)
