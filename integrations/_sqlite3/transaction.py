"""Whether a connection is in a transaction, before and after what the program calls."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, cast

import attrs

from ...channels.statements import DatabaseConnection, TransactionState
from .._patch import report
from .connections import record_of

# The C getters: a program's subclass may have attributes of these names.
_in_transaction = cast("Callable[[Any], bool]", vars(sqlite3.Connection)["in_transaction"].__get__)
_autocommit = getattr(vars(sqlite3.Connection).get("autocommit"), "__get__", None)


@attrs.define(eq=False)
class Transaction:
    """What a connection was in before a call."""

    connection: Any
    record: DatabaseConnection
    before: bool

    @classmethod
    def of(cls, connection: Any) -> Transaction | None:
        """Look before the call; ``None`` if nobody saw the connection being opened."""
        try:
            record = record_of(connection)
            if record is None:
                return None
            return cls(connection, record, is_in_transaction(connection))
        except Exception:
            report("sqlite3")
            return None

    def compare(self, ended: Callable[[], TransactionState], statement: int | None = None) -> None:
        """Look after the call, and publish what has changed, with *ended* for an end."""
        try:
            after = is_in_transaction(self.connection)
            if after is not self.before:
                self.record.transaction("begin" if after else ended(), statement)
        except Exception:
            report("sqlite3")

    def renew(self, ended: TransactionState) -> None:
        """Publish the end after a call that ends a transaction and may begin the next one."""
        self.compare(lambda: ended)
        if self.before and _begins_by_itself(self.connection):
            self.record.transaction(ended)
            self.record.transaction("begin")


def is_in_transaction(connection: Any) -> bool:
    """Ask the driver; a connection that is closed is in none."""
    try:
        return _in_transaction(connection)
    except sqlite3.ProgrammingError:
        return False


def _begins_by_itself(connection: Any) -> bool:
    """Whether there is always a transaction, as with ``autocommit=False``."""
    return _autocommit is not None and _autocommit(connection) is False
