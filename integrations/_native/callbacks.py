"""Python functions that are handed to native code, and what it calls them with.

Such a function is lent a stand-in, the same one each time, so that native code
that compares or forgets it finds what it was given.  As long as native code keeps
the stand-in, the call that it was last given to goes on.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import Any, cast

import attrs

from ...channels.calling import NativeCall, current_call
from .._patch import hide_us
from .activity import activity


@attrs.define(eq=False)
class Loan:
    """A function of the program that native code calls through us.

    Attributes:
        function: The program's own.
        call: What it was last handed to; ``None`` if that is over.
        runs: How many times it was called.
    """

    function: Callable[..., Any]
    call: NativeCall | None = None
    runs: int = 0

    def give(self, call: NativeCall) -> None:
        """Have *call* go on until :meth:`end`, and what it was handed to before end without it."""
        before, self.call = self.call, call
        call.open_stream()
        if before is not None:
            before.close_stream()

    def end(self) -> None:
        """Take note that nobody can call it any more."""
        call, self.call = self.call, None
        if call is not None:
            call.close_stream()

    def run(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call the function, and tell that it was called."""
        self.runs += 1
        call = self.call or current_call.get()
        if call is not None:
            call.called_back(name_of(self.function), {"args": args, **kwargs} if kwargs else args)
        return self.function(*args, **kwargs)


def name_of(function: object) -> str:
    """Give the qualified name of *function*, or that of its type."""
    name = getattr(function, "__qualname__", None)
    return name if isinstance(name, str) else type(function).__qualname__


_stand_ins: weakref.WeakValueDictionary[tuple[int, int], Any] = weakref.WeakValueDictionary()
_loans: weakref.WeakKeyDictionary[Any, Loan] = weakref.WeakKeyDictionary()


def lend(
    call: NativeCall | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Give the arguments with stand-ins for functions; without a *call* for those that have one."""
    if not any(map(_is_function, (*args, *kwargs.values()))):
        return args, kwargs
    return (
        tuple(_lent(call, value) for value in args),
        {name: _lent(call, value) for name, value in kwargs.items()},
    )


def taken_back(result: Any) -> Any:
    """Give what the program knows, if native code gives one of the stand-ins."""
    loan = _loans.get(result) if type(result) is FunctionType else None
    return result if loan is None else loan.function


def _is_function(value: object) -> bool:
    return type(value) in (FunctionType, MethodType, functools.partial)


def _lent(call: NativeCall | None, value: Any) -> Any:
    if not _is_function(value) or (type(value) is FunctionType and value in _loans):
        return value
    key = _key(value)
    stand_in = _stand_ins.get(key)
    if call is None:
        return value if stand_in is None else stand_in
    if stand_in is None:
        loan = Loan(value)
        stand_in = _stand_ins[key] = stand_in_for(loan)
        _loans[stand_in] = loan
        weakref.finalize(stand_in, _forget, loan).atexit = False
        activity.lend(1)
    _loans[stand_in].give(call)
    return stand_in


def _forget(loan: Loan) -> None:
    loan.end()
    activity.lend(-1)


def _key(value: Any) -> tuple[int, int]:
    """Tell functions apart; those that are alive, as a loan keeps its own."""
    if type(value) is MethodType:
        return id(value.__self__), id(value.__func__)
    return id(value), 0


def stand_in_for(loan: Loan) -> FunctionType:
    """Give a function that is like that of *loan*, and runs it."""

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        try:
            return loan.run(args, kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    functools.update_wrapper(stand_in, loan.function)
    return cast("FunctionType", stand_in)
