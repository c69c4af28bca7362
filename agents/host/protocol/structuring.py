"""Wire values to typed ones and back, as strict as the protocol's description."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import attrs
import cattrs
import orjson
from cattrs import AttributeValidationNote, IterableValidationNote
from cattrs.cols import list_structure_factory
from cattrs.gen import (
    make_dict_structure_fn,
    make_dict_unstructure_fn,
    make_mapping_structure_fn,  # pyright: ignore[reportUnknownVariableType]  # partly untyped
    override,
)

from .shapes import takes_none

MOST = 5
"""How many reasons why a value does not fit are told."""

_CAPITALS = {"url": "URL", "ip": "IP", "xhr": "XHR", "api": "API"}

Structure = Callable[[Any, Any], Any]


def camel(name: str) -> str:
    """Give the wire's form of a Python *name*: ``document_url`` is ``documentURL``."""
    first, *rest = name.split("_")
    return first + "".join(_CAPITALS.get(word, word.capitalize()) for word in rest)


def misfits(error: BaseException, path: str) -> str:
    """Give where and why a value did not fit, ``rules.0.pattern: expected str, got 3``.

    Args:
        error: What the converter raised.
        path: Where the value was.
    """
    try:
        found = [f"{where}: {reason}" for where, reason in _leaves(error, path)]
    except RecursionError:
        return f"{path}: is nested too deeply"
    more = f"; and {len(found) - MOST} more" if len(found) > MOST else ""
    return "; ".join(found[:MOST]) + more


def _leaves(error: BaseException, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        for inner in group.exceptions:
            yield from _leaves(inner, path + _step(inner))
    elif isinstance(error, KeyError):
        yield path, "is missing"
    elif isinstance(error, RecursionError):
        yield path, "is nested too deeply"
    else:
        yield path, str(error)


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f".{camel(note.name)}"
        if isinstance(note, IterableValidationNote):
            return f".{note.index}"
    return ""


def to_json(message: object) -> bytes:
    """Give *message* as JSON; bytes, which plain data may have, as text as far as they are that.

    Raises:
        TypeError: JSON can't hold it.
    """
    return orjson.dumps(message, default=_readable)


def _readable(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError


def _expect(what: str, value: object) -> TypeError:
    return TypeError(f"expected {what}, got {value!r:.60}")


def _simple(value: Any, kind: type) -> Any:
    # bool is a subclass of int, and JSON writes 1.0 as 1.
    if isinstance(value, bool) and kind is not bool:
        raise _expect(kind.__name__, value)
    if not isinstance(value, kind) and not (kind is float and isinstance(value, int)):
        raise _expect(kind.__name__, value)
    return value


def _choice(value: Any, hint: Any) -> Any:
    if not isinstance(value, str) or value not in get_args(hint):
        raise _expect(f"one of {', '.join(get_args(hint))}", value)
    return value


def _member(value: Any, kind: type[Enum]) -> Enum:
    for member in kind:
        if isinstance(value, str) and member.value == value:
            return member
    raise _expect(f"one of {', '.join(str(member.value) for member in kind)}", value)


def _is_array(hint: Any) -> bool:
    return get_origin(hint) is list or (get_origin(hint) is tuple and get_args(hint)[1:] == (...,))


def _is_table(hint: Any) -> bool:
    return get_origin(hint) in (dict, Mapping)


def _is_choice(hint: Any) -> bool:
    origin: Any = get_origin(hint)
    return origin is Literal


def _array(hint: Any) -> Structure:
    listed: Any = list[get_args(hint)[0]]  # type: ignore[misc]  # known only now
    items: Structure = list_structure_factory(listed, converter)
    made: Any = get_origin(hint)

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, list):
            raise _expect("an array", value)
        return made(items(value, hint))

    return structure


def _table(hint: Any) -> Structure:
    mapped: Any = dict[get_args(hint)]  # type: ignore[misc]  # known only now
    table: Structure = make_mapping_structure_fn(mapped, converter)

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise _expect("an object", value)
        return table(cast("dict[str, Any]", value), hint)

    return structure


def _structure_attrs(kind: type) -> Structure:
    hints = get_type_hints(kind)
    # Any: the names of fields are not among the names that the stub knows.
    names: dict[str, Any] = {
        field.name: override(rename=camel(field.name)) for field in attrs.fields(kind)
    }
    fields = cast("Structure", make_dict_structure_fn(kind, converter, **names))
    spared = {
        camel(field.name)
        for field in attrs.fields(kind)
        if field.default is not attrs.NOTHING and not takes_none(hints[field.name])
    }

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise _expect("an object", value)
        given = cast("dict[str, Any]", value).items()
        return fields({name: v for name, v in given if v is not None or name not in spared}, kind)

    return structure


def unstructure_attrs(kind: type) -> Callable[[Any], dict[str, Any]]:
    """Make what turns an object of the attrs class *kind* into what the wire has."""
    names: dict[str, Any] = {
        field.name: override(rename=camel(field.name), omit_if_default=field.default is None)
        for field in attrs.fields(kind)
    }
    return make_dict_unstructure_fn(kind, converter, **names)


converter: cattrs.Converter = cattrs.Converter(prefer_attrib_converters=False)
"""Turns wire values into typed ones and back.

A field whose default is ``None`` is left out while it is that, and ``null`` for
one with a default is as if it was left out.
"""
converter.register_unstructure_hook_factory(attrs.has, unstructure_attrs)
converter.register_structure_hook_factory(attrs.has, _structure_attrs)
converter.register_structure_hook_factory(_is_array, _array)
converter.register_structure_hook_factory(_is_table, _table)
converter.register_structure_hook_func(_is_choice, _choice)
converter.register_structure_hook(Enum, _member)
converter.register_structure_hook_func(lambda hint: hint is object, lambda value, _: value)
for _kind in (bool, int, float, str):
    converter.register_structure_hook(_kind, _simple)
