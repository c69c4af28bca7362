"""aiosqlite: who asks for what its thread does; :mod:`sqlite3` below reports it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels.database import connections, statements
from ..channels.statements import Errand
from . import sqlite3
from ._patch import Undo, hide_us, patch, report, undo_all


def install() -> Undo:
    """Hook aiosqlite and what it stands on."""
    return undo_all([sqlite3.install(), hook()])


def hook(_library: str = "aiosqlite") -> Undo:
    """Hook aiosqlite alone."""
    connection = import_module("aiosqlite.core").Connection
    return undo_all(
        [
            patch(connection, "_connect", _wrap_connect),
            patch(connection, "_execute", _wrap_execute),
        ]
    )


class _Carried:
    """A function for the thread, with whom it is called for."""

    __slots__ = ("_errand", "_function")

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._errand = Errand()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with self._errand:
                return self._function(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    def __repr__(self) -> str:
        # aiosqlite logs what it calls.
        return repr(self._function)


def _carried(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        return _Carried(function)
    except Exception:
        report("aiosqlite")
        return function


def _wrap_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(self: Any) -> Any:
        if connections.start.has_subscribers:
            self._connector = _carried(self._connector)
        return original(self)

    return connect


def _wrap_execute(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def execute(self: Any, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if statements.start.has_subscribers:
            fn = _carried(fn)
        # The coroutine itself: with one of ours around it there would be one more frame.
        return original(self, fn, *args, **kwargs)

    return execute
