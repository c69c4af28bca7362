"""How SQLite would run a statement, asked where that can't do or disturb anything.

The program's own connection is left alone: it may belong to another thread, and
what is asked there would reach its trace callbacks and its transaction.  So a
second connection, which can only read, prepares the statement and does not run it.
"""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from ...channels import TapscopeError, suppress
from ...channels.remote import remote
from .call import first_word
from .connections import Source, source_by_id

PATIENCE = 1.0
"""How many seconds to wait for a database that is locked."""

_NAMELESS = re.compile(
    r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?(?:\*/|$))|\?(?!\d)""",
    re.DOTALL,
)
"""Finds placeholders without a name, and in its group what may only look as if it had some."""

_EXPLAINED = {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES"}
_HARMLESS = {
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_INSERT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_UPDATE,
}


class NoPlanError(TapscopeError):
    """The plan of a statement can't be had; the message says why."""


class _Nulls(dict[str, None]):
    """A value for whatever name is asked for."""

    def __missing__(self, name: str) -> None:
        return None


@remote
def explain(connection: int, statement: str) -> dict[str, list[dict[str, int | str]]]:
    """Give the steps in which SQLite would run *statement*, which is not run.

    A second connection reads the schema for it, and holds a read lock that long.
    What only the program's connection has is not known there: temporary tables,
    attached databases, its own functions and collations, what it has not committed.

    Args:
        connection: The id under which the program's connection is published.
        statement: Placeholders may stay; their values don't count.

    Returns:
        Under ``steps`` the rows of ``EXPLAIN QUERY PLAN``: each step's ``id``,
        that of its ``parent`` (0 if it has none), and ``detail``, which is text.

    Raises:
        NoPlanError: The connection or its database is not there for a second
            one, or the statement is none of those that have a plan, or wrong.
    """
    word = first_word(statement)
    if word not in _EXPLAINED:
        what = word or repr(statement)
        raise NoPlanError(f"only queries and changes of rows have a plan, not {what}")
    uri = _read_only(_source(connection))
    with suppress():
        try:
            rows = _plan(uri, statement)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise NoPlanError(f"SQLite gives no plan: {error}") from error
    return {"steps": [{"id": row[0], "parent": row[1], "detail": row[3]} for row in rows]}


def _source(connection: int) -> Source:
    source = source_by_id(connection)
    if source is None:
        raise NoPlanError(f"connection {connection} is not open in this process")
    return source


def _read_only(source: Source) -> str:
    """Give the URI of the same file for reading alone."""
    path, options = source.database, dict[str, str]()
    if source.uri and path.startswith("file:"):
        path, options = _parts(path)
    in_memory = path == ":memory:" or options.get("mode") == "memory"
    if in_memory or options.get("vfs") == "memdb":
        raise NoPlanError(
            f"{source.database!r} is in memory, where no other connection can look; "
            "use a file to see plans"
        )
    if not path:
        raise NoPlanError("the database is temporary, and no other connection can look at it")
    vfs = f"&vfs={quote(options['vfs'])}" if "vfs" in options else ""
    return f"file:{quote(os.path.join(source.folder, path))}?mode=ro{vfs}"


def _parts(uri: str) -> tuple[str, dict[str, str]]:
    """Give the path and the options of SQLite's kind of URI."""
    name, _, query = uri.removeprefix("file:").partition("#")[0].partition("?")
    if name.startswith("//"):
        name = "/" + name[2:].partition("/")[2]
    return unquote(name), dict(parse_qsl(query, keep_blank_values=True))


def _plan(uri: str, statement: str) -> list[Any]:
    # Not by connect(), which others may have replaced; so nobody watches it either.
    connection = sqlite3.Connection(uri, timeout=PATIENCE, isolation_level=None, uri=True)
    with closing(connection):
        connection.set_authorizer(_authorize)
        question = f"EXPLAIN QUERY PLAN {_named(statement)}"
        return connection.execute(question, _Nulls()).fetchall()


def _named(statement: str) -> str:
    """Give *statement* a name for every placeholder that has none: the driver takes no mixture."""
    numbers = itertools.count(1)
    return _NAMELESS.sub(lambda found: found[1] or f":tapscope{next(numbers)}", statement)


def _authorize(
    action: int, _first: str | None, second: str | None, _database: str | None, _cause: str | None
) -> int:
    if action in _HARMLESS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and second != "load_extension":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
