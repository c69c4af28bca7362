"""What is shown of memory: buffers and arrays, of the standard library and of numpy.

Files mapped into memory are left alone, as reading there may wait, or kill the
process.
"""

from __future__ import annotations

from typing import Any

from ._rendering_rules import shows
from ._rendering_types import is_native, name_of, own_entry
from ._rendering_walk import Plain, Walk

_HEAD = 256  # bytes
_WHOLE = 4_096  # bytes; of a longer one in several dimensions no head is taken
_ITEMS = 20
_LONGEST = {"f": "f8", "c": "c16"}
_READABLE = frozenset("biufcSUMm")  # numpy's kinds of items that are no objects


@shows(bytearray)
def _bytearray(walk: Walk, value: bytearray, _: type) -> Plain:
    length = bytearray.__len__(value)
    # A copy: while a view of it existed, nobody could append to it.
    head = bytes(bytearray.__getitem__(value, slice(_HEAD)))
    return _buffer(walk, value, [length], "B", length, head)


@shows(memoryview)
def _memoryview(walk: Walk, value: memoryview, _: type) -> Plain:
    owner: object = value.obj
    mapped = name_of(type(owner)) == "mmap.mmap"
    head = None if mapped else head_of(value)
    return _buffer(walk, value, list(value.shape or ()), value.format, value.nbytes, head)


@shows("array.array")
def _array(walk: Walk, value: object, base: Any) -> Plain:
    length = base.__len__(value)
    code = own_entry(base, "typecode").__get__(value)
    size = own_entry(base, "itemsize").__get__(value)
    head = base.__getitem__(value, slice(_HEAD // size)).tobytes()
    return _buffer(walk, value, [length], code, length * size, head)


@shows("mmap.mmap")
def _mapped(walk: Walk, value: object, base: Any) -> Plain:
    return walk.mapping([("bytes", base.__len__(value))], 1, type(value))


@shows("numpy.ndarray")
def _ndarray(walk: Walk, value: object, base: Any) -> Plain:
    about = _about_array(value, base)
    shown = walk.mapping(about, len(about), type(value))
    if own_entry(base, "dtype").__get__(value).kind in _READABLE:
        size = own_entry(base, "size").__get__(value)
        count = min(size, _ITEMS, walk.limits.items)
        shown["items"] = walk.sequence([base.item(value, at) for at in range(count)], size)
    return shown


@shows("numpy.memmap")
def _ndarray_of_a_file(walk: Walk, value: object, base: type) -> Plain:
    array = next(kind for kind in base.__mro__ if is_native(kind))
    about = _about_array(value, array)
    return walk.mapping(about, len(about), type(value))


@shows("numpy.generic", nested=True)
def _numpy_scalar(walk: Walk, value: object, base: Any) -> Plain:
    kind = own_entry(base, "dtype").__get__(value).kind
    if kind not in _READABLE:
        return walk.summary(type(value))
    # Python has no number that is longer, and would be given the same again.
    item = base.astype(value, _LONGEST[kind]).item() if kind in _LONGEST else base.item(value)
    return walk.mapping([("value", item)], 1, type(value))


def _about_array(value: object, base: type) -> list[tuple[str, object]]:
    dtype = own_entry(base, "dtype").__get__(value)
    return [
        ("shape", own_entry(base, "shape").__get__(value)),
        ("dtype", dtype.name),
        ("bytes", own_entry(base, "nbytes").__get__(value)),
    ]


def _buffer(
    walk: Walk, value: object, shape: list[int], code: str, length: int, head: bytes | None
) -> Plain:
    about: list[tuple[str, object]] = [("shape", shape), ("format", code), ("bytes", length)]
    if head is not None:
        about.append(("head", head))
    return walk.mapping(about, len(about), type(value))


def head_of(view: memoryview) -> bytes | None:
    """Give the first bytes of *view*, or ``None`` if all would have to be copied for it."""
    if view.ndim != 1:
        return view.tobytes()[:_HEAD] if view.nbytes <= _WHOLE else None
    with view[: max(_HEAD // view.itemsize, 1)] as head:
        return head.tobytes()[:_HEAD]
