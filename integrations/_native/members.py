"""Putting wrappers in the place of functions of modules, classes and objects, and back."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from ...channels.native import Kind
from .._patch import Undo, undo_all
from .replacing import CannotReplace, replace
from .selection import Selection
from .subclass import subclass_with
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
    for name, value in list(vars(module).items()):
        if inspect.isclass(value):
            if _belongs(value, module):
                undos += watch_class(value, selection, module)
        elif is_function(value) and _belongs(value, module) and selection.has(name):
            undos += _watch_function(module, name, value, module.__name__, name, selection)
    return undos


def watch_class(owner: type, selection: Selection, module: ModuleType | None = None) -> list[Undo]:
    """Watch the methods of a class.

    Those of one that can't be changed are watched in a subclass, which takes its place in
    *module* if a pattern names the class: code that asks ``type(x) is Class`` may notice.
    """
    chosen = {
        name: raw
        for name, raw in list(vars(owner).items())
        if is_method(raw) and selection.has(f"{owner.__qualname__}.{name}")
    }
    made = {name: _method(owner, name, raw, selection) for name, raw in chosen.items()}
    undos: list[Undo] = []
    try:
        for name, wrapper in made.items():
            undos.append(replace(owner, name, wrapper))
    except CannotReplace:
        undo_all(undos)()
        named = {name: made[name] for name in made if selection.names(owner, name)}
        undos = _replace_class(owner, named, module) if module else []
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


def _method(owner: type, name: str, raw: Any, selection: Selection) -> Any:
    """Give what is to stand in the class in the place of *raw*."""
    label = f"{owner.__qualname__}.{name}"

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        return wrapped(selection.watched(owner.__module__, label, kind_of(function)), function)

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


def _replace_class(owner: type, made: dict[str, Any], module: ModuleType) -> list[Undo]:
    replacement = subclass_with(owner, made) if made else None
    if replacement is None:
        return []
    names = [name for name, value in vars(module).items() if value is owner]
    return [replace(module, name, replacement) for name in names]


def _belongs(value: Any, module: ModuleType) -> bool:
    """Whether *value* is not only imported there: it says so, or says nothing."""
    home = getattr(value, "__module__", None)
    if not isinstance(home, str):
        return True
    return home.partition(".")[0].lstrip("_") == module.__name__.partition(".")[0].lstrip("_")
