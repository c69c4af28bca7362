"""The connections that are open, each with what is published of it."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import ref

import attrs

from ...channels.statements import DatabaseConnection
from .._patch import report


@attrs.frozen
class Source:
    """Where a connection's data is.

    Attributes:
        database: What the program gave, as text; empty if that is no path.
        uri: Whether it is a URI.
        folder: What it is relative to.
    """

    database: str
    uri: bool
    folder: str


class OpenConnection(ref[Any]):
    """Refers to a connection, and publishes its end if nobody else does any more."""

    __slots__ = ("key", "record", "source")

    key: int
    record: DatabaseConnection
    source: Source


# By identity: a program's own class may compare and hash as it likes.
_connections: dict[int, OpenConnection] = {}


def source_of(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Source:
    """Read the arguments of ``connect``."""
    database = args[0] if args else kwargs.get("database")
    uri = args[7] if len(args) > 7 else kwargs.get("uri", False)
    try:
        name = os.fsdecode(database)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the error is caught
        folder = "" if os.path.isabs(name) else os.getcwd()
    except Exception:  # what the program's own kind of path raises, it will raise again
        return Source("", uri=False, folder="")
    return Source(name, bool(uri), folder)


def remember(connection: Any, record: DatabaseConnection, source: Source) -> None:
    """Have *record* and *source* found by *connection*, as long as that lives."""
    opened = OpenConnection(connection, _forget)
    opened.key, opened.record, opened.source = id(connection), record, source
    _connections[opened.key] = opened
    record.ready(sqlite3.sqlite_version)


def record_of(connection: Any) -> DatabaseConnection | None:
    """Give what is published of *connection*; ``None`` if nobody saw it being opened."""
    opened = _connections.get(id(connection))
    return None if opened is None else opened.record


def source_by_id(connection: int) -> Source | None:
    """Give the source of the living connection that is published under this id."""
    for opened in list(_connections.values()):
        if opened.record.id == connection:
            return opened.source
    return None


def _forget(opened: OpenConnection) -> None:
    try:
        _connections.pop(opened.key, None)
        if not sys.is_finalizing():
            opened.record.close()
    except Exception:
        report("sqlite3")
