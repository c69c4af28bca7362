"""What a type hint is in the protocol's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import attrs

from ....channels import TapscopeError

_SIMPLE: Mapping[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_INSTEAD = (
    "the protocol has str, int, float, bool, Literal or Enum of texts, list[...], "
    "tuple[..., ...], dict[str, ...], attrs classes, and Any"
)


class Inexpressible(TapscopeError):
    """The protocol has nothing for a type hint; the message says what there is instead."""


@attrs.frozen
class Simple:
    """A text, a number or a boolean."""

    kind: type
    name: str


@attrs.frozen
class Choice:
    """One of some texts."""

    words: tuple[str, ...]


@attrs.frozen
class Array:
    """Any number of items of one shape."""

    items: Shape


@attrs.frozen
class Table:
    """Values of one shape, by texts."""

    values: Shape


@attrs.frozen
class Reference:
    """An attrs class, or an enumeration of texts: a type with a name."""

    kind: type


@attrs.frozen
class Anything:
    """Whatever JSON can hold, nothing included."""


Shape = Simple | Choice | Array | Table | Reference | Anything


def shape_of(hint: Any) -> Shape:
    """Give the shape that *hint* stands for.

    Raises:
        Inexpressible: The protocol has no such type.
    """
    hint = _unnamed(hint)
    if hint in (Any, object):
        return Anything()
    if hint in _SIMPLE:
        return Simple(hint, _SIMPLE[hint])
    if isinstance(hint, type) and get_origin(hint) is None:
        return _of_class(hint)
    return _of_generic(hint, get_origin(hint), get_args(hint))


def without_none(hint: Any) -> tuple[Any, bool]:
    """Part ``X | None`` into ``X`` and whether it may be ``None``."""
    hint = _unnamed(hint)
    parts = get_args(hint)
    if get_origin(hint) not in (Union, UnionType) or NoneType not in parts:
        return hint, False
    return Union[tuple(part for part in parts if part is not NoneType)], True  # noqa: UP007  # of a tuple


def takes_none(hint: Any) -> bool:
    """Whether ``None`` is a value of *hint*."""
    kept, optional = without_none(hint)
    return optional or kept in (Any, object)


def hints_of(kind: type) -> dict[str, Any]:
    """Give the types of the fields of the attrs class *kind* that the wire has, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in attrs.fields(kind) if field.init}


def innermost(shape: Shape) -> Shape:
    """Give what an array, or a table, is of in the end."""
    while isinstance(shape, Array | Table):
        shape = shape.items if isinstance(shape, Array) else shape.values
    return shape


def is_enumeration(kind: object) -> bool:
    """Whether *kind* is a class of enumerated values."""
    return isinstance(kind, type) and issubclass(kind, Enum)


def _of_class(kind: type) -> Shape:
    if attrs.has(kind):
        return Reference(kind)
    if is_enumeration(kind):
        if not all(isinstance(member.value, str) for member in kind):  # type: ignore[attr-defined]
            raise Inexpressible(f"the values of {kind.__name__} are not all texts")
        return Reference(kind)
    raise Inexpressible(f"{_name(kind)} is nothing that the protocol has; {_INSTEAD}")


def _of_generic(hint: Any, origin: Any, args: tuple[Any, ...]) -> Shape:
    if origin is list or (origin is tuple and args[1:] == (...,)):
        return Array(shape_of(args[0]))
    if origin in (dict, Mapping):
        if _unnamed(args[0]) is not str:
            raise Inexpressible(f"the keys of {_name(hint)} are no texts")
        return Table(shape_of(args[1]))
    if origin is Literal and all(isinstance(word, str) for word in args):
        return Choice(args)
    if origin in (Union, UnionType):
        raise Inexpressible(
            f"{_name(hint)} is a union, of which the protocol has only X | None for a field or a "
            "parameter; Any takes whatever comes"
        )
    raise Inexpressible(f"{_name(hint)} is nothing that the protocol has; {_INSTEAD}")


def _unnamed(hint: Any) -> Any:
    """Give what ``NewType`` and ``type X = ...`` gave a name."""
    while isinstance(hint, NewType) or type(hint).__name__ == "TypeAliasType":
        hint = hint.__supertype__ if isinstance(hint, NewType) else hint.__value__
    return hint


def _name(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) and not get_args(hint) else str(hint)
