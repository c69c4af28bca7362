"""Callbacks of ctypes: Python functions that are made callable for C.

Such a thing can't be changed once it is made.  So as long as something of ctypes is
watched, those that the program makes call its functions through us.
"""

from __future__ import annotations

import ctypes
import functools
import weakref
from collections.abc import Callable
from typing import Any

from .._patch import Undo, patch, undo_all
from .callbacks import Loan, stand_in_for
from .handing import is_lendable, remember

_hooked: weakref.WeakSet[Any] = weakref.WeakSet()
_users: list[object] = []


def watch_callbacks() -> Undo:
    """See the calls of callbacks that the program makes from now on."""
    cache: dict[Any, Any] = getattr(ctypes, "_c_functype_cache", {})
    user = object()
    _users.append(user)
    for kind in list(cache.values()):
        _hook(kind)
    names = ("CFUNCTYPE", "PYFUNCTYPE")
    return undo_all([lambda: _leave(user), *(patch(ctypes, name, _hooking) for name in names)])


def _leave(user: object) -> None:
    if user in _users:
        _users.remove(user)
    if not _users:
        for kind in list(_hooked):
            del kind.__new__
        _hooked.clear()


def _hooking(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def make(*args: Any, **kwargs: Any) -> Any:
        kind = original(*args, **kwargs)
        _hook(kind)
        return kind

    return make


def _hook(kind: Any) -> None:
    """Have instances of *kind* that are made of Python functions call those through us."""
    if kind in _hooked:
        return
    _hooked.add(kind)

    def new(cls: Any, *args: Any) -> Any:
        if not _users or len(args) != 1 or not is_lendable(args[0]):
            return real(cls, *args)
        loan = Loan()
        made = real(cls, stand_in_for(args[0], loan))
        remember(made, loan)
        return made

    real = kind.__new__
    kind.__new__ = new
