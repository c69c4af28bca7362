"""sqlite3: connections, statements, the rows as the program fetches them, transactions.

Nothing is run, fetched or held for it: what a call of the program gives is
published on its way.
"""

from __future__ import annotations

import functools
import sqlite3
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ..channels.statements import DatabaseConnection
from ._caller import call_from, frame_at, hide_call
from ._patch import Undo, patch, report, undo_all
from ._sqlite3.classes import Connection, adopt, follow_activity
from ._sqlite3.connections import Source, remember, source_of
from ._sqlite3.plans import NoPlanError, explain
from ._sqlite3.transaction import is_in_transaction

__all__ = ["NoPlanError", "explain", "hook", "install"]

DRIVER = "sqlite3"

_FACTORY = 5
"""The place of the factory among the arguments of ``connect``."""

_MOST = 8 if sys.version_info < (3, 12) else 9
"""How many arguments ``connect`` takes."""


def hook(_library: str = "sqlite3") -> Undo:
    """Watch the connections that ``sqlite3.connect`` opens from now on."""
    owners = [import_module(name) for name in ("sqlite3", "sqlite3.dbapi2", "_sqlite3")]
    # They are one function, and stay one.
    wrap = functools.cache(_wrap_connect)
    return undo_all([follow_activity(), *(patch(owner, "connect", wrap) for owner in owners)])


install = hook
"""Stands on nothing else."""


def _wrap_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(*args: Any, **kwargs: Any) -> Any:
        opening = _opening(args, kwargs)
        try:
            made = call_from(frame_at(1), original, *_with_our_factory(args, kwargs))
        except BaseException as error:
            if opening is not None:
                opening[0].fail(error)
            hide_call(error)
            raise
        if opening is not None:
            _opened(made, *opening)
        return made

    return connect


def _opening(
    args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[DatabaseConnection, Source] | None:
    try:
        source = source_of(args, kwargs)
        return DatabaseConnection.open(DRIVER, source.database), source
    except Exception:
        report(DRIVER)
        return None


def _with_our_factory(
    args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Put our class in the place of the default one; a factory of the program's own stays."""
    if len(args) > _FACTORY:
        if args[_FACTORY] is sqlite3.Connection:
            args = (*args[:_FACTORY], Connection, *args[_FACTORY + 1 :])
    elif (
        kwargs.get("factory", sqlite3.Connection) is sqlite3.Connection
        # Where there are too many, the error names how many the program gave.
        and len({*kwargs, "factory"}) + len(args) <= _MOST
    ):
        kwargs = {**kwargs, "factory": Connection}
    return args, kwargs


def _opened(made: Any, record: DatabaseConnection, source: Source) -> None:
    try:
        connection = made if _is_connection(made) else getattr(made, "__wrapped__", None)
        if _is_connection(connection):
            adopt(connection, Connection)
        if isinstance(connection, Connection):
            remember(connection, record, source)
            # With autocommit=False there is a transaction from the first.
            if is_in_transaction(connection):
                record.transaction("begin")
        else:
            record.close()
    except Exception:
        report(DRIVER)


def _is_connection(made: object) -> bool:
    """Whether it is one, and no proxy, as other tools put around what they open."""
    return issubclass(type(made), sqlite3.Connection)
