"""Functions of cffi: of libraries that it opens, and of modules that it has compiled."""

from __future__ import annotations

import functools
import gc
import sys
import weakref
from collections.abc import Callable
from importlib import import_module
from types import BuiltinFunctionType
from typing import Any, cast

from ...channels.calling import NativeCall
from .._patch import Undo, hide_us, patch
from .activity import activity
from .callbacks import Loan, stand_in_for
from .handing import handed, is_lendable, remember
from .selection import Selection
from .types import type_of
from .watching import Arguments, Function, Keywords, Watched

_reals: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


def is_library(value: Any) -> bool:
    """Whether *value* is a library of cffi, of either kind."""
    backend: Any = sys.modules.get("_cffi_backend")
    if backend is None:
        return False
    return type(value) is backend.Lib or _is_opened(value)


def watch_library(library: Any, selection: Selection) -> list[Undo]:
    """Watch the functions of a library; give what undoes it."""
    name = _name_of(library)
    undos: list[Undo] = []
    for function_name in dir(library):
        if not selection.has(function_name):
            continue
        try:
            real = getattr(library, function_name)
        except Exception:  # noqa: S112  # declared, and not there
            continue
        if _is_function(real):
            watched = _CffiFunction(
                selection.watched(name, function_name, "cffi", locked=False).told, selection.bind
            )
            undos += _swap(library, function_name, real, _wrapped(watched, real, function_name))
    if undos and _is_opened(library):
        undos += [_keep_addresses(type(library)), _watch_callbacks()]
    return undos


def _watch_callbacks() -> Undo:
    """See the calls of callbacks that the program makes from now on, but for compiled modules."""
    return patch(import_module("cffi.api").FFI, "callback", _calling_back)


def _calling_back(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def callback(
        ffi: Any, cdecl: Any, python_callable: Any = None, error: Any = None, onerror: Any = None
    ) -> Any:
        try:
            if python_callable is None:
                return functools.partial(callback, ffi, cdecl, error=error, onerror=onerror)
            if not is_lendable(python_callable):
                return original(ffi, cdecl, python_callable, error, onerror)
            loan = Loan()
            stand_in = stand_in_for(python_callable, loan)
            made = original(ffi, cdecl, stand_in, error, onerror)
        except BaseException as failure:
            hide_us(failure)
            raise
        remember(made, loan)
        return made

    return callback


class _CffiFunction(Watched):
    """What is watched of a function of cffi; its pointers are the real ones to C."""

    def _run(
        self, call: NativeCall | None, function: Function, args: Arguments, kwargs: Keywords
    ) -> Any:
        if call is None:
            return function(*_real(args), **kwargs)
        with handed(call, args):
            return function(*_real(args), **kwargs)


def _wrapped(watched: Watched, real: Any, name: str) -> Callable[..., Any]:
    state = activity

    def call(*args: Any) -> Any:
        try:
            if state.on:
                return watched.call(real, args, {})
            return real(*args)
        except BaseException as error:
            if type(error) is TypeError and not state.on and (swapped := _real(args)) != args:
                return real(*swapped)
            hide_us(error)
            raise

    made: Any = functools.update_wrapper(call, real)
    made.__name__ = made.__qualname__ = name
    _reals[made] = real
    return made  # type: ignore[no-any-return]


def _real(args: Arguments) -> Arguments:
    """Give *args* with what cffi knows in the place of our wrappers."""
    return tuple(
        _reals.get(value, value) if type(value) is type(_real) else value for value in args
    )


def _is_opened(library: Any) -> bool:
    """Whether it was opened by ``dlopen``, and so has a class in Python."""
    return hasattr(type_of(library), "__addressof__")


def _is_function(value: object) -> bool:
    if isinstance(value, BuiltinFunctionType):
        return True
    backend: Any = sys.modules["_cffi_backend"]
    return isinstance(value, backend._CDataBase) and backend.typeof(value).kind == "function"  # noqa: SLF001


def _name_of(library: Any) -> str:
    """Give the path of what was opened, or the name of the module that was compiled."""
    text = repr(library)
    if text.startswith("<Lib object for '"):
        return text.split("'")[1]
    return text.partition("'")[2].rpartition("'")[0] or text


def _swap(library: Any, name: str, real: Any, wrapper: Any) -> list[Undo]:
    """Have *library* give *wrapper*; it keeps its functions in a dictionary once it was asked."""
    functions = _functions_of(library, name, real)
    if functions is None:
        return []
    functions[name] = wrapper

    def undo() -> None:
        if functions.get(name) is wrapper:
            functions[name] = real

    return [undo]


def _functions_of(library: Any, name: str, real: Any) -> dict[str, Any] | None:
    candidates: list[object] = [vars(library)] if _is_opened(library) else []
    # The one of a compiled module has no name in Python.
    for found in (*candidates, *gc.get_referents(library)):
        if type_of(found) is dict and cast("dict[str, Any]", found).get(name) is real:
            return cast("dict[str, Any]", found)
    return None


def _keep_addresses(kind: Any) -> Undo:
    original = kind.__addressof__

    @functools.wraps(original)
    def address_of(library: Any, name: str) -> Any:
        found = original(library, name)
        return _reals.get(found, found) if type(found) is type(_real) else found

    kind.__addressof__ = address_of

    def undo() -> None:
        if kind.__addressof__ is address_of:
            kind.__addressof__ = original

    return undo
