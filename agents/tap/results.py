"""Plain data for what a function in the program returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, cast

import attrs

from ...channels import TapscopeError
from ...channels.rendering import Plain, render

_DEPTH = 50
_ITEM = 8  # bytes that count for any value, however short
_SIMPLE = (bool, float, str, bytes, type(None))


def plain(result: object, limit: int) -> Plain:
    """Give *result* as plain data, whole: objects of attrs classes as their fields.

    Objects of other classes are rendered, as those in events are.

    Args:
        limit: Bytes that it may have, roughly.

    Raises:
        TapscopeError: It has more.
    """
    return _Whole(limit).value(result, 0)


@attrs.define(eq=False)
class _Whole:
    left: int

    # Any: a program's value, whose type is asked for.
    def value(self, value: Any, depth: int) -> Plain:
        self._take(_ITEM)
        if type(value) in _SIMPLE or (type(value) is int and -(2**63) <= value < 2**64):
            if isinstance(value, str | bytes):
                self._take(len(value))
            simple: Plain = value
            return simple
        if isinstance(value, Enum):
            return self.value(value.value, depth + 1)
        return self._container(value, depth + 1) if depth < _DEPTH else render(value)

    def _container(self, value: Any, depth: int) -> Plain:
        if isinstance(value, list | tuple | set | frozenset):
            items = cast("Iterable[object]", value)
            return [self.value(item, depth) for item in items]
        pairs = _pairs(value)
        if pairs is None:
            return render(value)
        return {self._key(key): self.value(item, depth) for key, item in pairs}

    def _key(self, key: object) -> str:
        text = key if isinstance(key, str) else str(render(key))
        self._take(len(text))
        return text

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise TapscopeError("the result is too long: the function is to return less")


def _pairs(value: object) -> Iterable[tuple[object, object]] | None:
    if isinstance(value, Mapping):
        return cast("Mapping[object, object]", value).items()
    kind = type(value)
    if attrs.has(kind):
        return [(field.name, getattr(value, field.name)) for field in attrs.fields(kind)]
    return None
