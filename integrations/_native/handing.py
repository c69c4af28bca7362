"""Callbacks that are objects of their own, as ctypes and cffi make them of Python functions.

The program keeps such an object as long as C may call it; so its life does not
tell how long native code is interested in it.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Generator
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import Any

from ...channels.calling import NativeCall
from .callbacks import Loan

_loans: dict[int, Loan] = {}
"""By the ids of callbacks that are alive: those of ctypes can't be keys themselves."""


def is_lendable(function: object) -> bool:
    """Whether it is a function that a stand-in can be made for."""
    return isinstance(function, FunctionType | MethodType | functools.partial)


def remember(callback: Any, loan: Loan) -> None:
    """Take note that *callback* runs *loan*, as long as it lives."""
    _loans[id(callback)] = loan
    weakref.finalize(callback, _forget, id(callback)).atexit = False


@contextmanager
def handed(call: NativeCall, args: tuple[Any, ...]) -> Generator[None]:
    """Have *call* be what the callbacks among *args* belong to.

    It goes on after it has returned if it has not called one of them yet: then it
    has kept that for later.
    """
    found = [_loans.get(id(value)) for value in args] if _loans else []
    loans = [(loan, loan.runs) for loan in found if loan is not None]
    for loan, _ in loans:
        loan.give(call)
    try:
        yield
    finally:
        for loan, runs in loans:
            if loan.runs > runs and loan.call is call:
                loan.end()


def _forget(number: int) -> None:
    loan = _loans.pop(number, None)
    if loan is not None:
        loan.end()
