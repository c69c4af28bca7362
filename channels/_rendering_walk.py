"""One rendering: what it may still take, and where in the object it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from types import WrapperDescriptorType
from typing import Any, TypeAlias, TypeVar

import attrs
from attrs import validators

from ._rendering_rules import Rule, rule_of
from ._rendering_types import name_of, own_entry, type_of

Plain: TypeAlias = bool | int | float | str | bytes | list["Plain"] | dict[str, "Plain"] | None
"""What every format can carry; integers have 64 bits."""

T = TypeVar("T")

MIN_INT = -(2**63)
MAX_INT = 2**64 - 1
SHORT = 100
"""Characters: a text that is not longer may exceed the total."""
_MARK = 24  # bytes of "… (1,234 more)", or of so
_ATTEMPTS = 5


@attrs.frozen
class Limits:
    """How much of a value is shown.

    Attributes:
        depth: Levels of objects inside objects, at most 100.
        items: Of one container.
        text: Characters of one text, or bytes.
        total: Bytes of all together, roughly: the marks of what is missing come on top.
    """

    depth: int = attrs.field(default=6, validator=[validators.ge(0), validators.le(100)])
    items: int = attrs.field(default=100, validator=validators.ge(0))
    text: int = attrs.field(default=10_000, validator=validators.ge(0))
    total: int = attrs.field(default=64 * 1024, validator=validators.ge(0))


@attrs.define(eq=False)
class Walk:
    """Goes through one object.

    Attributes:
        limits: What it may give.
        left: How many bytes of the total are left; it may end below zero.
        path: The addresses of the objects that it is inside of.
    """

    limits: Limits
    left: int
    path: list[int] = attrs.field(factory=list[int])

    def value(self, value: object) -> Plain:
        """Give what is shown of any object."""
        kind = type(value)
        try:
            rule = rule_of(kind)
            if rule.nested:
                return self._inside(value, rule)
            return rule.show(self, value, rule.base)
        except Exception:
            return self.summary(kind)

    def summary(self, kind: type, about: str = "") -> str:
        """Give the name of a type, for an object that is not looked into."""
        return self.text(f"<{name_of(kind)}{about}>")

    def text(self, value: str) -> str:
        """Give a text, cut to what is allowed and left."""
        length = str.__len__(value)
        room = min(length, self.limits.text, max(self.left, 0))
        kept = str.__getitem__(value, slice(room))
        size = room
        if not kept.isascii():
            encoded = kept.encode("utf-8", "replace")
            if len(encoded) > self.left:
                room = max(self.left, 0) // 4
                encoded = encoded.decode()[:room].encode()
            kept, size = encoded.decode(), len(encoded)
        self.left -= size + 3
        return kept if room == length else kept + self.more(length - room)

    def more(self, count: int) -> str:
        """Give the mark of *count* that are missing."""
        self.left -= _MARK
        return f"… ({count:,} more)"

    def sequence(self, items: Sequence[Any], length: int) -> list[Plain]:
        """Give the first *items* of *length*."""
        shown = self.items(items)
        if length > len(shown):
            shown.append(self.more(length - len(shown)))
        return shown

    def items(self, items: Sequence[Any]) -> list[Plain]:
        """Give as many *items* as there is room for."""
        shown: list[Plain] = []
        short = min(SHORT, self.limits.text)
        for item in items:
            if self.left <= 0:
                break
            cost = cost_at_once(item, short)
            self.left -= cost
            shown.append(item if cost else self.value(item))
        self.left -= 3
        return shown

    def mapping(
        self, pairs: Iterable[tuple[Any, Any]], length: int, kind: type | None = None
    ) -> dict[str, Plain]:
        """Give the first *pairs* of *length*, and before them the name of *kind*."""
        shown: dict[str, Plain] = {}
        if kind is not None:
            shown["type"] = self.text(name_of(kind))
        count = 0
        short = min(SHORT, self.limits.text)
        for key, item in pairs:
            if self.left <= 0:
                break
            cost = cost_at_once(key, short) if type(key) is str else 0
            self.left -= cost
            name = key if cost else self._key(key)
            if name in shown:
                name = _free(shown, name)
            cost = cost_at_once(item, short)
            self.left -= cost
            shown[name] = item if cost else self.value(item)
            count += 1
        self.left -= 3
        if length > count:
            shown[_free(shown, "…")] = self.more(length - count)
        return shown

    def snapshot(self, iterate: Callable[[], Iterable[T]]) -> list[T]:
        """Give the first items of what another thread may be changing."""
        for _ in range(_ATTEMPTS):
            try:
                return list(islice(iterate(), self.limits.items))
            except RuntimeError:  # it has changed its size
                continue
        return []

    def _key(self, key: Any) -> str:
        if type(key) is str:
            return self.text(key)
        plain = self.value(key)
        return plain if isinstance(plain, str) else self.text(repr(plain))

    def _inside(self, value: object, rule: Rule) -> Plain:
        path = self.path
        here = id(value)
        if here in path:
            return self.text("<cycle>")
        if len(path) >= self.limits.depth:
            return self.summary(type(value), _size(value, rule.base))
        path.append(here)
        try:
            return rule.show(self, value, rule.base)
        finally:
            path.pop()


def cost_at_once(item: Any, longest: int) -> int:
    """Give the bytes of what is plain and small, or zero for what needs a second look."""
    kind = type_of(item)
    if kind is str:
        return len(item) + 3 if len(item) <= longest and item.isascii() else 0
    if item is None or kind is bool:
        return 1
    if kind is int:
        return 9 if MIN_INT <= item <= MAX_INT else 0
    if kind is float:
        return 9 if item - item == 0 else 0  # it is not for those that JSON has no word for
    if kind is bytes:
        return len(item) + 5 if len(item) <= longest else 0
    return 0


def _free(shown: dict[str, Plain], key: str) -> str:
    """Give *key*, or one like it that is not taken."""
    if key not in shown:
        return key
    number = 2
    while f"{key} ({number})" in shown:
        number += 1
    return f"{key} ({number})"


def _size(value: Any, base: type) -> str:
    measure = own_entry(base, "__len__")
    if type(measure) is not WrapperDescriptorType:
        return ""
    return f" of {measure(value):,}"
