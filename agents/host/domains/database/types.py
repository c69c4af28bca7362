"""The types and events of the Database domain.

Timestamps are seconds since 1970, durations milliseconds; ids of statements and
connections are those of their rows in the Network domain.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs


@attrs.frozen(kw_only=True)
class Connection:
    """A connection to a database, open or closed."""

    connection_id: str
    driver: str
    database: str
    process: int
    opened: float
    version: str | None = None
    closed: float | None = None
    in_transaction: bool = False
    error_text: str | None = None


@attrs.frozen(kw_only=True)
class Statement:
    """A statement as the program gave it; *parameters* are what it passed for the placeholders."""

    statement_id: str
    driver: str
    database: str
    process: int
    statement: str
    timestamp: float
    parameters: Any = None
    many: bool = False
    connection_id: str | None = None
    parent_id: str | None = None


@attrs.frozen(kw_only=True)
class StatementResult:
    """What a statement has given so far.

    *rows* are those that the program has fetched and that are kept; *note*
    tells why not all are.
    """

    statement: Statement
    columns: list[str]
    rows: list[Any]
    finished: bool
    complete: bool
    fetched: int | None = None
    changed: int | None = None
    duration: float | None = None
    error_text: str | None = None
    note: str | None = None


@attrs.frozen(kw_only=True)
class StatementStatistics:
    """How long statements took that differ only in their values."""

    statement: str
    driver: str
    database: str
    count: int
    failed: int
    total: float
    p50: float
    p95: float
    max: float


@attrs.frozen(kw_only=True)
class PlanStep:
    """A step of a plan, part of the step *parent*, or of the whole (0)."""

    id: int
    parent: int
    detail: str


@attrs.frozen(kw_only=True)
class Connections:
    """The connections that are known."""

    connections: list[Connection]


@attrs.frozen(kw_only=True)
class StatisticsResult:
    """Statistics, those first that took longest in total."""

    statistics: list[StatementStatistics]


@attrs.frozen(kw_only=True)
class Plan:
    """How the database would do a statement."""

    steps: list[PlanStep]


@attrs.frozen(kw_only=True)
class ConnectionOpened:
    """A connection can be used."""

    connection: Connection


@attrs.frozen(kw_only=True)
class ConnectionClosed:
    """A connection is closed, or could not be opened."""

    connection: Connection


@attrs.frozen(kw_only=True)
class TransactionChanged:
    """A transaction has begun or ended."""

    connection_id: str
    state: Literal["begin", "commit", "rollback"]
    timestamp: float
    statement_id: str | None = None


@attrs.frozen(kw_only=True)
class StatementStarted:
    """A statement is on its way."""

    statement: Statement


@attrs.frozen(kw_only=True)
class StatementFinished:
    """The program is done with a statement's result."""

    statement_id: str
    timestamp: float
    duration: float
    fetched: int
    complete: bool
    changed: int | None = None


@attrs.frozen(kw_only=True)
class StatementFailed:
    """A statement has ended with an error."""

    statement_id: str
    timestamp: float
    duration: float
    error_text: str


@attrs.frozen(kw_only=True)
class SlowStatement:
    """A statement has ended that took as long as the threshold, or longer."""

    statement: Statement
    duration: float
