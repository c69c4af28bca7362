"""Putting wrappers in the place of functions of modules, classes and objects, and back."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from ...channels.native import Kind
from .._patch import Undo
from .replacing import CannotReplace, replace
from .sealed import is_interpreters
from .selection import Selection
from .types import type_of
from .wrapping import wrapped

_FUNCTIONS = frozenset({"cython_function_or_method", "fused_cython_function", "nb_func", "fortran"})
_METHODS = frozenset(
    {
        "classmethod_descriptor",
        "cython_function_or_method",
        "fused_cython_function",
        "instancemethod",
        "method_descriptor",
        "nb_method",
    }
)
"""The names of types that tools for writing native modules have, each its own."""


def watch_module(module: ModuleType, selection: Selection) -> list[Undo]:
    """Watch the functions and the classes that *module* has of its own; give what undoes it."""
    undos: list[Undo] = []
    wrappers: dict[int, Any] = {}
    for name, value in list(vars(module).items()):
        if inspect.isclass(value):
            if _belongs(value, module):
                undos += watch_class(value, selection, module)
        elif is_function(value) and _belongs(value, module) and selection.has(name):
            if id(value) not in wrappers:
                watched = selection.watched(module.__name__, name, kind_of(value))
                wrappers[id(value)] = wrapped(watched, value)
            for owner, known_as in _places(module, name, value):
                with suppress(CannotReplace):
                    undos.append(replace(owner, known_as, wrappers[id(value)]))
    return undos


def watch_class(owner: type, selection: Selection, module: ModuleType | None = None) -> list[Undo]:
    """Watch the methods of a class, known by its *module* if it does not say itself."""
    library = _home(owner) or (module.__name__ if module else owner.__module__)
    undos: list[Undo] = []
    for name, raw in list(vars(owner).items()):
        label = f"{owner.__qualname__}.{name}"
        if is_method(raw) and selection.has(label):
            wrapper = _method(library, label, raw, selection)
            with suppress(CannotReplace):
                undos.append(replace(owner, name, wrapper))
    return undos


def watch_object(target: object, selection: Selection) -> list[Undo]:
    """Watch the methods of one object; that must be one whose attributes can be set."""
    kind = type(target)
    undos: list[Undo] = []
    for name in dir(target):
        if not selection.has(name):
            continue
        raw = inspect.getattr_static(target, name, None)
        bound = getattr(target, name) if is_method(raw) or is_function(raw) else None
        if callable(bound):
            label = f"{kind.__qualname__}.{name}"
            undos += _watch_function(target, name, bound, kind.__module__, label, selection)
    return undos


def is_function(value: object) -> bool:
    """Whether *value* is a function; a class or an object that can be called is none."""
    if isinstance(value, FunctionType | BuiltinFunctionType):
        return True
    return type(value).__name__ in _FUNCTIONS


def is_method(raw: object) -> bool:
    """Whether *raw*, as it stands in a class, is a method of any kind."""
    if isinstance(raw, staticmethod | classmethod):
        return True
    return is_function(raw) or type(raw).__name__ in _METHODS


def kind_of(function: object) -> Kind:
    """Give by what means *function* is called."""
    return "python" if isinstance(function, FunctionType) else "extension"


def _watch_function(
    owner: object, name: str, function: Any, library: str, label: str, selection: Selection
) -> list[Undo]:
    watched = selection.watched(library, label, kind_of(function))
    try:
        return [replace(owner, name, wrapped(watched, function))]
    except CannotReplace:
        return []


def _method(library: str, label: str, raw: Any, selection: Selection) -> Any:
    """Give what is to stand in the class in the place of *raw*."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        return wrapped(selection.watched(library, label, kind_of(function)), function)

    kind = type_of(raw)
    if kind is staticmethod:
        return staticmethod(wrap(raw.__func__))
    if kind is classmethod:
        return classmethod(wrap(raw.__func__))
    if kind.__name__ == "classmethod_descriptor":
        return classmethod(wrap(_unbound(raw)))
    # What is no descriptor gets no instance, and ours shall get none.
    return wrap(raw) if hasattr(kind, "__get__") else staticmethod(wrap(raw))


def _unbound(descriptor: Any) -> Callable[..., Any]:
    """Give a class method as a function that takes the class."""

    @functools.wraps(descriptor)
    def call(cls: type, *args: Any, **kwargs: Any) -> Any:
        return descriptor.__get__(None, cls)(*args, **kwargs)

    return call


def _places(module: ModuleType, name: str, function: Any) -> Iterator[tuple[ModuleType, str]]:
    """Give where *function* is, and where it says that it is: pickle looks for it there."""
    home, known_as = sys.modules.get(_home(function) or ""), getattr(function, "__qualname__", name)
    if home is not None and home is not module and vars(home).get(known_as) is function:
        yield home, known_as
    yield module, name


def _home(value: object) -> str | None:
    """Give the name of the module that *value* says it is from; ``None`` if it says nothing.

    Classes of PyO3 say that they are builtins, unless they are told better.
    """
    home = getattr(value, "__module__", None)
    if not isinstance(home, str):
        return None
    if home == "builtins" and inspect.isclass(value) and not is_interpreters(value):
        return None
    return home


def _belongs(value: Any, module: ModuleType) -> bool:
    """Whether *value* is not only imported there: it says so, or says nothing."""
    home = _home(value)
    if home is None:
        return True
    return home.partition(".")[0].lstrip("_") == module.__name__.partition(".")[0].lstrip("_")
