"""Whether what a domain tells is what its classes say, for those who write one.

Only with ``TAPSCOPE_DEBUG=1``: it takes longer than to tell it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, cast

import attrs

from ....channels import TapscopeError
from .shapes import (
    Anything,
    Array,
    Choice,
    Reference,
    Shape,
    Simple,
    Table,
    hints_of,
    shape_of,
    without_none,
)
from .structuring import MOST, camel, converter, to_json

VARIABLE = "TAPSCOPE_DEBUG"


class NotAsDescribed(TapscopeError):
    """An event or a result is not what its class says; the domain's author is at fault."""


@cache
def debugging() -> bool:
    """Whether events and results are to be checked: what the environment said at first."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def check(value: object, hint: Any, what: str) -> None:
    """Check *value* against *hint*, all the way down.

    Args:
        what: What the error calls it: the event's or the command's name.

    Raises:
        NotAsDescribed: It does not fit; the message says where and why.
    """
    found = list(_misfits(value, hint, ""))
    if found:
        reasons = "; ".join(found[:MOST])
        raise NotAsDescribed(f"{what} is not as its class says: {reasons}")


def _misfits(value: object, hint: Any, path: str) -> Iterator[str]:
    kept, optional = without_none(hint)
    if kept is NoneType:
        yield from [] if value is None else [_told(path, "None", value)]
    elif not (optional and value is None):
        yield from _of_shape(value, shape_of(kept), path)


def _of_shape(value: object, shape: Shape, path: str) -> Iterator[str]:
    match shape:
        case Anything():
            yield from _of_json(value, path)
        case Simple(kind):
            yield from [] if _is_simple(value, kind) else [_told(path, kind.__name__, value)]
        case Choice(words):
            yield from [] if value in words else [_told(path, f"one of {', '.join(words)}", value)]
        case Reference(kind):
            yield from _of_class(value, kind, path)
        case Array(items):
            yield from _of_items(value, items, path)
        case Table(values):
            yield from _of_values(value, values, path)


def _of_class(value: object, kind: type, path: str) -> Iterator[str]:
    if not isinstance(value, kind):
        yield _told(path, kind.__name__, value)
    elif attrs.has(kind):
        for name, hint in hints_of(kind).items():
            yield from _misfits(getattr(value, name), hint, f"{path}.{camel(name)}")


def _of_items(value: object, items: Shape, path: str) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield _told(path, "list", value)
        return
    for index, item in enumerate(cast("list[object]", value)):
        yield from _of_shape(item, items, f"{path}.{index}")


def _of_values(value: object, values: Shape, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _told(path, "dict", value)
        return
    for key, item in cast("Mapping[object, object]", value).items():
        yield from [] if isinstance(key, str) else [_told(f"{path} (a key)", "str", key)]
        yield from _of_shape(item, values, f"{path}.{key}")


def _of_json(value: object, path: str) -> Iterator[str]:
    try:
        to_json(converter.unstructure(value))
    except Exception as error:
        yield f"{path.removeprefix('.')}: JSON can't hold {value!r:.60}: {error}"


def _is_simple(value: object, kind: type) -> bool:
    if kind is float:
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        )
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _told(path: str, what: str, value: object) -> str:
    return f"{path.removeprefix('.') or 'it'}: expected {what}, got {value!r:.60}"
