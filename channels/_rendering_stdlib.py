"""What is shown of the standard library's values, and of classes that list their fields.

Types are found by name, as nothing is imported that the program has not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, cast

import attrs

from ._rendering_rules import shows, shows_marked
from ._rendering_types import (
    MISSING,
    field_of,
    is_native,
    module_entry,
    name_of,
    own_entry,
)
from ._rendering_walk import Plain, Walk

_iterate: Callable[[object], Iterable[object]] = tuple.__dict__["__iter__"]
_ZONES = {"datetime.timezone", "zoneinfo.ZoneInfo"}


@shows("datetime.datetime", "datetime.time")
def _moment(walk: Walk, value: object, base: Any) -> Plain:
    zone: object = own_entry(base, "tzinfo").__get__(value)
    kind = type(zone)
    if zone is None or (is_native(kind) and name_of(kind) in _ZONES):
        return walk.text(base.isoformat(value))
    # Another's zone would be asked for its offset, and that may be anybody's code.
    return walk.text(f"{_without_zone(value, base)} <{name_of(kind)}>")


def _without_zone(value: object, base: Any) -> str:
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    parts = [getattr(base, name).__get__(value) for name in names if hasattr(base, name)]
    text: str = base(*parts).isoformat()
    return text


@shows("datetime.date")
def _date(walk: Walk, value: object, base: Any) -> Plain:
    return walk.text(base.isoformat(value))


@shows("datetime.timedelta", "datetime.timezone", "decimal.Decimal")
def _as_text(walk: Walk, value: object, base: Any) -> Plain:
    return walk.text(base.__str__(value))


@shows("zoneinfo.ZoneInfo")
def _zone(walk: Walk, value: object, base: Any) -> Plain:
    key = own_entry(base, "key").__get__(value)
    return walk.text(key) if type(key) is str else walk.summary(base)


@shows("uuid.UUID")
def _uuid(walk: Walk, value: object, base: type) -> Plain:
    number = own_entry(base, "int").__get__(value)
    if type(number) is not int:
        return walk.summary(type(value))
    digits = f"{number:032x}"
    cuts = (0, 8, 12, 16, 20, 32)
    return walk.text("-".join(digits[a:b] for a, b in pairwise(cuts)))


@shows("fractions.Fraction")
def _fraction(walk: Walk, value: object, base: type) -> Plain:
    parts = [own_entry(base, name).__get__(value) for name in ("_numerator", "_denominator")]
    if any(type(part) is not int for part in parts):
        return walk.summary(type(value))
    return walk.text(f"{parts[0]}/{parts[1]}")


@shows(
    *(
        f"{module}.{name}"
        for module in ("pathlib", "pathlib._local")
        for name in ("PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath")
    )
)
def _path(walk: Walk, value: object, base: Any) -> Plain:
    if type(value) is not base:  # what makes its text can be overridden piece by piece
        return walk.summary(type(value))
    return walk.text(base.__str__(value))


@shows("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag")
def _member(walk: Walk, value: object, _: type) -> Plain:
    name = field_of(value, "_name_")
    if type(name) is str:
        return walk.text(f"{name_of(type(value))}.{name}")
    return walk.summary(type(value))


@shows("sqlite3.Row", nested=True)
def _row(walk: Walk, value: object, base: Any) -> Plain:
    return walk.mapping(
        zip(base.keys(value), base.__iter__(value), strict=True), base.__len__(value)
    )


@shows_marked("__attrs_attrs__")
def _attrs_instance(walk: Walk, value: object, base: type) -> Plain:
    fields: object = own_entry(base, "__attrs_attrs__")
    if not issubclass(type(fields), tuple):
        return walk.summary(type(value))
    known: list[Any] = [field for field in _iterate(fields) if type(field) is attrs.Attribute]
    return _fields(walk, value, [(field.name, field.repr) for field in known])


@shows_marked("__dataclass_fields__")
def _dataclass_instance(walk: Walk, value: object, base: type) -> Plain:
    fields: object = own_entry(base, "__dataclass_fields__")
    kind = module_entry("dataclasses", "Field")
    if type(fields) is not dict:
        return walk.summary(type(value))
    found = cast("dict[object, object]", fields).values()
    known: list[Any] = [field for field in found if cast("object", type(field)) is kind]
    return _fields(walk, value, [(field.name, field.repr) for field in known])


def _fields(walk: Walk, value: object, fields: list[tuple[Any, Any]]) -> Plain:
    """Show what *fields* hold, except for what its class keeps out of a ``repr``."""
    shown = [
        (name, rule is True) for name, rule in fields if type(name) is str and rule is not False
    ]
    kept = [(name, field_of(value, name), whole) for name, whole in shown]
    pairs = [
        (name, found if whole else _Hidden(type(found)))
        for name, found, whole in kept
        if found is not MISSING
    ]
    return walk.mapping(pairs[: walk.limits.items], len(pairs), type(value))


@attrs.frozen(eq=False)
class _Hidden:
    """Stands for a value of which only the type is to be seen."""

    kind: type


@shows(_Hidden)
def _hidden(walk: Walk, value: _Hidden, _: type) -> Plain:
    return walk.summary(value.kind)
