"""What is shown of the types that the interpreter itself has.

Every method is the base class's own, so that no override of a subclass is called.
"""

from __future__ import annotations

import gc
from collections import deque
from math import isfinite
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    MappingProxyType,
    MethodType,
    ModuleType,
)
from typing import Any, cast

from ._rendering_rules import shows
from ._rendering_types import entry, globals_of, name_of
from ._rendering_walk import MAX_INT, MIN_INT, Plain, Walk

_MAX_BITS = 2_048  # below the least limit that a program can set for digits of an integer
_NOTHING: dict[str, str] = {}
_VIEWS = (type(_NOTHING.keys()), type(_NOTHING.values()), type(_NOTHING.items()))


@shows(type(None), bool)
def _itself(walk: Walk, value: Plain, _: type) -> Plain:
    walk.left -= 1
    return value


@shows(int)
def _integer(walk: Walk, value: int, _: type) -> Plain:
    number: int = int.__int__(value)
    if MIN_INT <= number <= MAX_INT:
        walk.left -= 9
        return number
    return walk.text(_digits(number))


@shows(float)
def _float(walk: Walk, value: float, _: type) -> Plain:
    number = float.__float__(value)
    walk.left -= 9
    return number if isfinite(number) else str(number)


@shows(complex)
def _complex(walk: Walk, value: complex, _: type) -> Plain:
    return walk.text(complex.__repr__(value))


@shows(str)
def _text(walk: Walk, value: str, _: type) -> Plain:
    return walk.text(value)


@shows(bytes)
def _bytes(walk: Walk, value: bytes, _: type) -> Plain:
    length = bytes.__len__(value)
    room = min(length, walk.limits.text, max(walk.left, 0))
    kept = bytes.__getitem__(value, slice(room))
    walk.left -= room + 5
    if room == length:
        return kept
    return {"type": "bytes", "bytes": length, "head": kept}


@shows(list, nested=True)
def _list(walk: Walk, value: object, base: Any) -> Plain:
    kept = base.__getitem__(value, slice(walk.limits.items))
    return walk.sequence(kept, base.__len__(value))


@shows(tuple, nested=True)
def _tuple(walk: Walk, value: object, base: Any) -> Plain:
    kind = type(value)
    length = base.__len__(value)
    kept = base.__getitem__(value, slice(walk.limits.items))
    names = () if kind is base else _names(kind)
    if not names or len(names) != length:
        return walk.sequence(kept, length)
    return walk.mapping(zip(names, kept, strict=False), length, kind)


@shows(dict, nested=True)
def _dict(walk: Walk, value: object, base: Any) -> Plain:
    return walk.mapping(walk.snapshot(lambda: base.items(value)), base.__len__(value))


@shows(MappingProxyType, nested=True)
def _proxy(walk: Walk, value: object, _: type) -> Plain:
    # Its own methods would call those of what it stands for.
    [mapping] = gc.get_referents(value)
    return _dict(walk, mapping, dict)


@shows(set, frozenset, nested=True)
def _set(walk: Walk, value: object, base: Any) -> Plain:
    length = base.__len__(value)
    shown = _sorted(walk.items(walk.snapshot(lambda: base.__iter__(value))))
    if length > len(shown):
        shown.append(walk.more(length - len(shown)))
    return shown


@shows(deque, *_VIEWS, nested=True)
def _iterable(walk: Walk, value: object, base: Any) -> Plain:
    return walk.sequence(walk.snapshot(lambda: base.__iter__(value)), base.__len__(value))


@shows(range)
def _range(walk: Walk, value: range, _: type) -> Plain:
    parts = (value.start, value.stop, value.step)
    return walk.text(f"range({', '.join(map(_digits, parts))})")


@shows(slice)
def _slice(walk: Walk, value: slice[object, object, object], _: type) -> Plain:
    parts = (value.start, value.stop, value.step)
    return walk.text(f"slice({', '.join(map(_bound, parts))})")


@shows(type)
def _type(walk: Walk, value: type, _: type) -> Plain:
    return walk.text(f"<class {name_of(value)}>")


@shows(FunctionType)
def _function(walk: Walk, value: FunctionType, _: type) -> Plain:
    return walk.text(f"<function {_dotted(value.__module__, value.__qualname__)}>")


@shows(BuiltinFunctionType)
def _builtin(walk: Walk, value: BuiltinFunctionType, _: type) -> Plain:
    # Its qualified name would be asked of the class of the object that it belongs to.
    return walk.text(f"<built-in {_dotted(value.__module__, value.__name__)}>")


@shows(MethodType)
def _method(walk: Walk, value: MethodType, _: type) -> Plain:
    function = value.__func__
    if type(function) is not FunctionType:
        return walk.summary(MethodType)
    return walk.text(f"<method {_dotted(function.__module__, function.__qualname__)}>")


@shows(ModuleType)
def _module(walk: Walk, value: ModuleType, _: type) -> Plain:
    return walk.text(f"<module {_dotted(None, globals_of(value).get('__name__'))}>")


@shows(GeneratorType, CoroutineType, AsyncGeneratorType)
def _suspended(walk: Walk, value: Any, base: type) -> Plain:
    return walk.text(f"<{base.__name__} {_dotted(None, value.__qualname__)}>")


@shows(BaseException, nested=True)
def _exception(walk: Walk, value: object, _: type) -> Plain:
    arguments = BaseException.__dict__["args"].__get__(value)
    return walk.mapping([("args", arguments)], 1, type(value))


@shows(object)
def _anything(walk: Walk, value: object, _: type) -> Plain:
    return walk.summary(type(value))


def _names(kind: type) -> tuple[object, ...]:
    """Give the names that a class of tuples has for its items."""
    names: object = entry(kind, "_fields")
    return cast("tuple[object, ...]", names) if type(names) is tuple else ()


def _digits(number: int) -> str:
    bits = number.bit_length()
    return str(number) if bits <= _MAX_BITS else f"<int of {bits:,} bits>"


def _bound(bound: object) -> str:
    if bound is None:
        return "None"
    return _digits(bound) if type(bound) is int else f"<{name_of(type(bound))}>"


def _dotted(module: object, name: object) -> str:
    known = name if type(name) is str else "?"
    if type(module) is not str or module == "builtins":
        return known
    return f"{module}.{known}"


def _sorted(shown: list[Plain]) -> list[Plain]:
    """Give the items of a set in an order that is the same in every process."""
    orderable: list[Any] = shown
    try:
        return sorted(orderable)
    except TypeError:
        return sorted(orderable, key=repr)
