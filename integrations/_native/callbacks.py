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
    """What is known of a function of the program that native code calls through us.

    Not the function itself: that may keep what native code was given in its place.

    Attributes:
        call: What it was last handed to; ``None`` if that is over.
        runs: How many times it was called.
    """

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

    def run(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """Call the *function*, and tell that it was called."""
        self.runs += 1
        call = self.call or current_call.get()
        if call is None:
            return function(*args, **kwargs)
        call.called_back(name_of(function), {"args": args, **kwargs} if kwargs else args)
        try:
            return function(*args, **kwargs)
        finally:
            call.go_on()


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
    lent = type(result) is FunctionType and result in _loans
    return vars(result)["__wrapped__"] if lent else result


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
        loan = Loan()
        stand_in = _stand_ins[key] = stand_in_for(value, loan)
        _loans[stand_in] = loan
        weakref.finalize(stand_in, _forget, loan).atexit = False
        activity.lend(1)
    _loans[stand_in].give(call)
    return stand_in


def _forget(loan: Loan) -> None:
    loan.end()
    activity.lend(-1)


def _key(value: Any) -> tuple[int, int]:
    """Tell functions apart; those that are alive, as a stand-in keeps its own."""
    if type(value) is MethodType:
        return id(value.__self__), id(value.__func__)
    return id(value), 0


def stand_in_for(function: Callable[..., Any], loan: Loan) -> FunctionType:
    """Give a function that is like *function*, and runs it through *loan*."""

    def stand_in(*args: Any, **kwargs: Any) -> Any:
        try:
            return loan.run(function, args, kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    functools.update_wrapper(stand_in, function)
    return cast("FunctionType", stand_in)
