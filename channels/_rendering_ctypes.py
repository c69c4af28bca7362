"""What is shown of what native code is handed: the objects of ctypes and cffi.

Only memory that an object owns is read.  A pointer is shown and never followed.
"""

from __future__ import annotations

import sys
from itertools import islice
from types import WrapperDescriptorType
from typing import Any, cast

from ._rendering_memory import head_of
from ._rendering_rules import shows
from ._rendering_types import MISSING, bases, entry, name_of, own_entry, type_of
from ._rendering_walk import Plain, Walk

_NUMBERS = frozenset("cbBhHiIlLqQfdg?u")  # ctypes' codes of what is no pointer
_POINTERS = frozenset("PzZ")
_WHOLE = 64 * 1024  # bytes; a larger structure is not looked into
_ITEMS = 20


@shows("_ctypes._SimpleCData")
def _simple(walk: Walk, value: object, base: type) -> Plain:
    kind = type(value)
    code = _code(kind)
    data = _memory(value)
    if data is None:
        return walk.summary(kind)
    if code in _POINTERS:
        return _address(walk, kind, data)
    if code not in _NUMBERS:
        return walk.summary(kind)
    return walk.mapping([("value", own_entry(base, "value").__get__(value))], 1, kind)


@shows("_ctypes._Pointer", "_ctypes.CFuncPtr")
def _pointer(walk: Walk, value: object, _: type) -> Plain:
    data = _memory(value)
    return walk.summary(type(value)) if data is None else _address(walk, type(value), data)


@shows("_ctypes.Structure", "_ctypes.Union", nested=True)
def _structure(walk: Walk, value: object, _: type) -> Plain:
    kind = type(value)
    data = _memory(value)
    if data is None:
        return walk.summary(kind)
    fields = [field for base in reversed(bases(kind)) for field in _declared(base)]
    shown = [
        (name, _Field(value, entry(kind, name), of, data))
        for name, of in islice(fields, walk.limits.items)
    ]
    return walk.mapping(shown, len(fields), kind)


@shows("_ctypes.Array", nested=True)
def _array(walk: Walk, value: object, base: Any) -> Plain:
    view = _view(value)
    if view is None:
        return walk.summary(type(value))
    with view:
        about: list[tuple[str, object]] = [("bytes", view.nbytes)]
        of = entry(type(value), "_type_")
        if _code(of) in _POINTERS or not _is_harmless(of):
            about.append(("head", head_of(view)))
        else:
            about.append(("items", _Items(value, base)))
        return walk.mapping(about, len(about), type(value))


@shows("_cffi_backend._CDataBase")
def _cffi_value(walk: Walk, value: object, base: Any) -> Plain:
    # Not its own type's text, which asks the object that a handle stands for.
    return walk.text(base.__repr__(value))


class _Field:
    """A field of a structure, read only when there is room for it."""

    __slots__ = ("data", "field", "of", "owner", "written")

    def __init__(self, owner: Any, field: Any, of: type, data: bytes) -> None:
        self.owner = owner
        self.field = field
        self.written = type_of(field)
        self.of = of
        self.data = data


@shows(_Field)
def _field(walk: Walk, value: _Field, _: type) -> Plain:
    field = value.field
    if name_of(value.written) != "_ctypes.CField" or not _is_harmless(value.of):
        return walk.summary(value.of)
    if _code(value.of) in _POINTERS:
        return _address(walk, value.of, value.data[field.offset :][: field.size])
    return walk.value(field.__get__(value.owner))


class _Items:
    """The first items of an array."""

    __slots__ = ("array", "base")

    def __init__(self, array: Any, base: Any) -> None:
        self.array = array
        self.base = base


@shows(_Items)
def _items(walk: Walk, value: _Items, _: type) -> Plain:
    some: object = value.base.__getitem__(value.array, slice(min(_ITEMS, walk.limits.items)))
    if type(some) is not list:  # of characters
        return walk.value(some)
    return walk.sequence(cast("list[object]", some), value.base.__len__(value.array))


def _declared(kind: type) -> list[tuple[str, type]]:
    """Give the names and types of the fields that *kind* adds to those of its base."""
    fields: object = own_entry(kind, "_fields_")
    if type(fields) is not list and type(fields) is not tuple:
        return []
    known = cast("list[tuple[str, type]]", fields)
    return [(field[0], field[1]) for field in known if type_of(field) is tuple]


def _is_harmless(kind: type) -> bool:
    """Whether an object of *kind* can be made and dropped: its end is not the program's code."""
    return entry(kind, "__del__") is MISSING and _code(kind) != "O"


def _code(kind: type) -> str:
    """Give the letter that a type of single values has, or nothing."""
    code: object = entry(kind, "_type_")
    return code if type(code) is str else ""


def _address(walk: Walk, kind: type, data: bytes) -> Plain:
    return walk.summary(kind, f" {int.from_bytes(data, sys.byteorder):#x}")


def _memory(value: object) -> bytes | None:
    """Give the memory of an object of ctypes, if it is its own and not too much."""
    view = _view(value)
    if view is None:
        return None
    with view:
        return view.tobytes() if view.nbytes <= _WHOLE else None


def _view(value: Any) -> memoryview | None:
    kind = type_of(value)
    buffer = entry(kind, "__buffer__")
    if buffer is not MISSING and type(buffer) is not WrapperDescriptorType:
        return None
    return memoryview(value) if _is_owned(value) else None


def _is_owned(value: object) -> bool:
    """Whether an object of ctypes, or what it is a part of, has allocated its memory."""
    base = next(kind for kind in bases(type(value)) if name_of(kind) == "_ctypes._CData")
    own, whole = own_entry(base, "_b_needsfree_"), own_entry(base, "_b_base_")
    while not own.__get__(value):
        value = whole.__get__(value)
        if value is None or any(name_of(kind) == "_ctypes._Pointer" for kind in bases(type(value))):
            return False
    return True
