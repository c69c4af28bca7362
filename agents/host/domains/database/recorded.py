"""What the lifecycles ``database`` and ``database.connection`` tell, as it comes over the link."""

from __future__ import annotations

from typing import Any, Literal

import attrs

STATEMENTS = "database"
CONNECTIONS = "database.connection"

Plain = Any
"""Plain data: what a value of the program was rendered to."""


@attrs.frozen
class Started:
    """See :class:`tapscope.channels.database.StatementStarted`."""

    driver: str
    database: str
    statement: str
    parameters: Plain = None
    many: bool = False
    connection: int | None = None


@attrs.frozen
class Described:
    """See :class:`tapscope.channels.database.ResultDescribed`."""

    columns: list[str] = attrs.field(factory=list[str])
    changed: int | None = None


@attrs.frozen
class Fetched:
    """See :class:`tapscope.channels.database.RowsFetched`."""

    rows: list[Plain] = attrs.field(factory=list[Plain])


@attrs.frozen
class Finished:
    """See :class:`tapscope.channels.database.StatementFinished`."""

    fetched: int = 0
    complete: bool = True


@attrs.frozen
class Opened:
    """See :class:`tapscope.channels.database.ConnectionOpened`."""

    driver: str
    database: str


@attrs.frozen
class Ready:
    """See :class:`tapscope.channels.database.ConnectionReady`."""

    version: str


@attrs.frozen
class Changed:
    """See :class:`tapscope.channels.database.TransactionChanged`."""

    state: Literal["begin", "commit", "rollback"]
    statement: int | None = None
