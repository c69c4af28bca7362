"""Results that the program has not fetched to their end.

Nothing is fetched here, and no cursor is kept alive: a result is found by its
cursor's identity, and ends when the cursor does.
"""

from __future__ import annotations

import gc
import sys
from typing import Any
from weakref import ref

from ...channels.statements import StatementExchange
from .._patch import report


class Result(ref[Any]):
    """Refers to a cursor with rows that are left to fetch."""

    __slots__ = ("connection", "exchange", "key")

    connection: int
    exchange: StatementExchange
    key: int

    def fetched(self, cursor: Any, rows: Any) -> None:
        """Publish *rows*, and the end if they were the last."""
        try:
            self.exchange.fetched(rows)
            if not has_rows(cursor):
                self.end(complete=True)
        except Exception:
            report("sqlite3")

    def end(self, *, complete: bool) -> None:
        """Publish that the program is done with it."""
        _results.pop(self.key, None)
        self.exchange.finish(complete=complete)

    def fail(self, error: BaseException) -> None:
        """Publish that *error* came instead of rows; the caller raises it."""
        _results.pop(self.key, None)
        self.exchange.fail(error)


_results: dict[int, Result] = {}


def keep_result(cursor: Any, connection: Any, exchange: StatementExchange) -> None:
    """Take note that *exchange* goes on as long as *cursor* has rows."""
    result = Result(cursor, _abandoned)
    result.key, result.connection, result.exchange = id(cursor), id(connection), exchange
    _results[result.key] = result


def result_of(cursor: Any) -> Result | None:
    """Give the result that *cursor* has rows of."""
    return _results.get(id(cursor))


def leave_result(cursor: Any) -> None:
    """Publish the end of the result that *cursor* has rows of, if there is one."""
    result = _results.get(id(cursor))
    if result is not None:
        result.end(complete=False)


def leave_results(connection: Any) -> None:
    """Publish the end of all results of *connection*."""
    for result in list(_results.values()):
        if result.connection == id(connection):
            result.end(complete=False)


def forget_results() -> None:
    """Publish nothing more of any result."""
    _results.clear()


def has_rows(cursor: Any) -> bool:
    """Whether rows are left: a cursor lets go of its statement with the last one."""
    # The driver is one step ahead of the program, but says so nowhere else.
    held: list[object] = gc.get_referents(cursor)
    for each in reversed(held):
        kind = type(each)
        if kind.__name__ == "Statement" and kind.__module__ == "sqlite3":
            return True
    return False


def _abandoned(result: Result) -> None:
    try:
        if not sys.is_finalizing():
            result.end(complete=False)
    except Exception:
        report("sqlite3")
