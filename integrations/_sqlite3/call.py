"""One call of the program that sends a statement."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, cast

import attrs

from ...channels.database import statements
from ...channels.statements import StatementExchange, TransactionState
from .._patch import report
from .results import has_rows, keep_result
from .transaction import Transaction

_COMMENTS = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?(?:\*/|$))*", re.DOTALL)
_WORD = re.compile(r"\w*")

# The C getters: a program's subclass may have attributes of these names.
_description_of = cast("Callable[[Any], Any]", vars(sqlite3.Cursor)["description"].__get__)
_changed_by = cast("Callable[[Any], int]", vars(sqlite3.Cursor)["rowcount"].__get__)


def first_word(statement: str) -> str:
    """Give the word that says what *statement* does, in capitals."""
    comments = _COMMENTS.match(statement)
    word = _WORD.match(statement, comments.end() if comments else 0)
    return word.group().upper() if word else ""


@attrs.define(eq=False)
class Call:
    """A statement that is being sent.

    Attributes:
        method: The name of the cursor's method that sends it.
    """

    method: str
    statement: str
    exchange: StatementExchange | None
    transaction: Transaction

    @classmethod
    def start(cls, connection: Any, method: str, args: Sequence[Any]) -> Call | None:
        """Publish the start; ``None`` if nothing is to be published of it."""
        transaction = Transaction.of(connection)
        if transaction is None or not isinstance(args[0], str):
            return None
        exchange = None
        if statements.start.has_subscribers:
            parameters = args[1] if len(args) > 1 else ()
            many = method == "executemany"
            exchange = StatementExchange.start(transaction.record, args[0], parameters, many=many)
        return cls(method, args[0], exchange, transaction)

    def answered(self, cursor: Any) -> None:
        """Publish what *cursor* now knows."""
        try:
            if self.exchange is not None:
                self._describe(cursor, self.exchange)
            self.transaction.compare(self._ended, self._id)
        except Exception:
            report("sqlite3")

    def failed(self, error: BaseException) -> None:
        """Publish that it ended with *error*; the caller raises it."""
        if self.exchange is not None:
            self.exchange.fail(error)
        self.transaction.compare(lambda: "rollback", self._id)

    def _describe(self, cursor: Any, exchange: StatementExchange) -> None:
        if self.method == "executescript":
            # It has no rows, and leaves the cursor as it was: with those of the last query.
            exchange.described((), None)
            exchange.finish()
            return
        description, changed = _description_of(cursor), _changed_by(cursor)
        unfetched = description is not None and has_rows(cursor)
        # With rows to come (RETURNING), the driver has not counted yet.
        known = changed >= 0 and not unfetched
        columns = [column[0] for column in description or ()]
        exchange.described(columns, changed if known else None)
        if unfetched:
            keep_result(cursor, self.transaction.connection, exchange)
        else:
            exchange.finish()

    def _ended(self) -> TransactionState:
        return "rollback" if first_word(self.statement) == "ROLLBACK" else "commit"

    @property
    def _id(self) -> int | None:
        return None if self.exchange is None else self.exchange.id
