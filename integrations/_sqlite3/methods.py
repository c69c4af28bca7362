"""What a connection and a cursor do while somebody listens, instead of the C methods alone."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

from ...channels.statements import TransactionState
from .._caller import call_from, frame_at, hide_call
from .._patch import hide_us, report
from .call import Call
from .results import leave_result, leave_results, result_of
from .transaction import Transaction

Method: TypeAlias = Callable[..., Any]

_SENDING = {"execute": 2, "executemany": 2, "executescript": 1}
"""The methods that send statements, and how many arguments each takes at most."""

# The C getter: a program's subclass may have an attribute of this name.
_connection_of = cast("Method", vars(sqlite3.Cursor)["connection"].__get__)


def cursor_methods() -> dict[str, Method]:
    """Give the methods of a cursor, by name."""
    return {
        **{name: _sending(name, _Cursor(name)) for name in _SENDING},
        "fetchone": _fetching("fetchone", lambda row: () if row is None else (row,)),
        "fetchmany": _fetching("fetchmany", lambda rows: rows),
        "fetchall": _fetching("fetchall", lambda rows: rows),
        "__next__": _fetching("__next__", lambda row: (row,)),
        "close": _closing_cursor(),
    }


def connection_methods(cursor_class: type[Any]) -> dict[str, Method]:
    """Give the methods of a connection, whose shortcuts make cursors of *cursor_class*."""
    return {
        **{name: _sending(name, _Shortcut(name, cursor_class)) for name in _SENDING},
        "commit": _ending("commit", lambda _: "commit"),
        "rollback": _ending("rollback", lambda _: "rollback"),
        "__exit__": _ending("__exit__", lambda args: "commit" if args[0] is None else "rollback"),
        "close": _closing_connection(),
    }


class _Cursor:
    """A cursor's own method."""

    def __init__(self, name: str) -> None:
        self.original: Method = getattr(sqlite3.Cursor, name)
        self.method: Method = self.original

    def connection_of(self, cursor: Any) -> Any:
        return _connection_of(cursor)

    def cursor_of(self, cursor: Any) -> Any:
        return cursor


class _Shortcut:
    """A connection's method, which makes a cursor and has that do it."""

    def __init__(self, name: str, cursor_class: type[Any]) -> None:
        self.original: Method = getattr(sqlite3.Connection, name)
        self.method: Method = getattr(sqlite3.Cursor, name)
        self._cursor_class = cursor_class

    def connection_of(self, connection: Any) -> Any:
        return connection

    def cursor_of(self, connection: Any) -> Any:
        # As in C, where no subclass is asked for the cursor either.
        return sqlite3.Connection.cursor(connection, self._cursor_class)


def _sending(name: str, way: _Cursor | _Shortcut) -> Method:
    most = _SENDING[name]

    @functools.wraps(way.original)
    def send(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        fits = not kwargs and 1 <= len(args) <= most
        call = _begin(way, self, name, args) if fits else None
        try:
            if not fits:
                return way.original(self, *args, **kwargs)
            cursor = way.cursor_of(self)
            call_from(frame_at(1), way.method, (cursor, *args), kwargs)
        except BaseException as error:
            if call is not None:
                call.failed(error)
            hide_call(error)
            raise
        if call is not None:
            call.answered(cursor)
        return cursor

    return send


def _begin(way: _Cursor | _Shortcut, owner: Any, name: str, args: tuple[Any, ...]) -> Call | None:
    try:
        if name != "executescript":  # which leaves the cursor as it was
            leave_result(owner)
        return Call.start(way.connection_of(owner), name, args)
    except Exception:
        report("sqlite3")
        return None


def _fetching(name: str, rows_of: Callable[[Any], Sequence[Any]]) -> Method:
    original = cast("Method", getattr(sqlite3.Cursor, name))

    @functools.wraps(original)
    def fetch(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = result_of(self)
        try:
            fetched = call_from(frame_at(1), original, (self, *args), kwargs)
        except BaseException as error:
            if result is not None and not isinstance(error, StopIteration):
                result.fail(error)
            hide_call(error)
            raise
        if result is not None:
            result.fetched(self, rows_of(fetched))
        return fetched

    return fetch


def _ending(name: str, ended: Callable[[tuple[Any, ...]], TransactionState]) -> Method:
    original = cast("Method", getattr(sqlite3.Connection, name))

    @functools.wraps(original)
    def end(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        transaction = Transaction.of(self)
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            if transaction is not None:
                transaction.compare(lambda: "rollback")
            hide_us(error)
            raise
        if transaction is not None:
            transaction.renew(ended(args))
        return result

    return end


def _closing_cursor() -> Method:
    original = cast("Method", sqlite3.Cursor.close)

    @functools.wraps(original)
    def close(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            closed = original(self, *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        leave_result(self)
        return closed

    return close


def _closing_connection() -> Method:
    original = cast("Method", sqlite3.Connection.close)

    @functools.wraps(original)
    def close(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        transaction = Transaction.of(self)
        try:
            closed = original(self, *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        leave_results(self)
        if transaction is not None:
            transaction.compare(lambda: "rollback")
            transaction.record.close()
        return closed

    return close
