"""Calls of native code: of extension modules, ctypes, cffi, and of Python where that is asked for.

Each call is told before it begins, and that has left the program by then: so it
is seen also if it never returns, holds the interpreter lock or ends the process.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from ..channels import TapscopeError
from ._importing import ImportHook
from ._native import cffi, foreign
from ._native.foreign_callbacks import watch_callbacks
from ._native.members import is_function, watch_class, watch_module, watch_object
from ._native.selection import Patterns, Selection, patterns
from ._native.watching import ANYTHING
from ._patch import Undo, report, undo_all

__all__ = ["NothingToWatch", "instrument", "instrument_when_imported"]


_log = logging.getLogger("tapscope")


class NothingToWatch(TapscopeError):
    """What :func:`instrument` was given has no function that it could watch."""


def instrument(
    target: object,
    include: Patterns = "*",
    exclude: Patterns | None = None,
    bind: object = ANYTHING,
    slow: float | None = None,
) -> Undo:
    """Tell of calls of the functions of *target*, from now on.

    Args:
        target: A module, with the classes and the libraries in it; a library of ctypes or
            cffi; a function pointer of ctypes; a class; or an object whose attributes can be set.
        include: Patterns of names as ``fnmatch`` has them; a method is ``Class.method``, and
            known by ``method`` alone as well.  Names that begin with two underscores never match.
        exclude: Patterns of names that are left out.
        bind: Tell only of calls whose first argument is this very object.
        slow: Seconds from which on a call is called slow.

    Returns:
        Takes it back; what native code was given meanwhile stays with it.

    Raises:
        NothingToWatch: *target* is none of these, or has no function that matches.
    """
    after = None if slow is None else round(slow * 1_000_000_000)
    selection = Selection(patterns(include), patterns(exclude), bind, after)
    undos = _watch(target, selection)
    if not undos:
        wanted = ", ".join(selection.include)
        raise NothingToWatch(f"{target!r:.200} has no function to be watched that matches {wanted}")
    return undo_all(undos)


def instrument_when_imported(
    module: str,
    include: Patterns = "*",
    exclude: Patterns | None = None,
    slow: float | None = None,
) -> Undo:
    """Do what :func:`instrument` does as soon as *module* is imported, now if it is already.

    If it has nothing to watch, that is logged on ``tapscope``.
    """
    hook = ImportHook()
    undos: list[Undo] = [hook.close]

    def imported() -> None:
        try:
            undos.append(instrument(sys.modules[module], include, exclude, slow=slow))
        except NothingToWatch as error:
            _log.warning("native calls: %s", error)
        except Exception:
            report(f"native calls of {module}")

    if module in sys.builtin_module_names:
        import_module(module)  # a part of the interpreter; nothing tells when it is imported
    hook.when_imported(module, imported)
    return undo_all(undos)


def _watch(target: object, selection: Selection) -> list[Undo]:
    """Watch what there is of *target*; give what undoes it, nothing if there is nothing."""
    for is_one, watch in _WATCHERS:
        if is_one(target):
            return watch(target, selection)
    if isinstance(target, ModuleType):
        return [*watch_module(target, selection), *_watch_libraries(target, selection)]
    if inspect.isclass(target):
        return watch_class(target, selection)
    return [] if is_function(target) else watch_object(target, selection)


def _watch_libraries(module: ModuleType, selection: Selection) -> list[Undo]:
    values = {id(value): value for value in vars(module).values()}.values()
    libraries = [value for value in values if foreign.is_library(value) or cffi.is_library(value)]
    return [undo for library in libraries for undo in _watch(library, selection)]


def _watch_foreign(library: object, selection: Selection) -> list[Undo]:
    return [watch_callbacks(), foreign.watch_library(library, selection)]


def _watch_pointer(pointer: object, selection: Selection) -> list[Undo]:
    return [watch_callbacks(), foreign.watch_pointer(pointer, selection)]


_WATCHERS: tuple[
    tuple[Callable[[object], bool], Callable[[object, Selection], list[Undo]]], ...
] = (
    (foreign.is_library, _watch_foreign),
    (foreign.is_pointer, _watch_pointer),
    (cffi.is_library, cffi.watch_library),
)
