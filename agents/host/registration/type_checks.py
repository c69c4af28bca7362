"""Whether attrs classes and type hints say all that a description of them needs."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, get_type_hints

import attrs

from ..protocol.shapes import (
    Inexpressible,
    Reference,
    Shape,
    innermost,
    is_enumeration,
    shape_of,
    without_none,
)
from ..protocol.structuring import camel
from .docstrings import own_docstring


def type_problems(kinds: Iterable[type]) -> Iterator[str]:
    """Give what is wrong with the attrs classes and enumerations *kinds*, and all they mention."""
    waiting, seen = list(kinds), set[type]()
    while waiting:
        kind = waiting.pop(0)
        if kind not in seen:
            seen.add(kind)
            yield from _of_class(kind)
            waiting += mentioned(_fields(kind).values())
    yield from _same_names(seen)


def hint_problems(hint: Any, where: str, *, optional: bool) -> Iterator[str]:
    """Give what is wrong with *hint*, of a field or a parameter that may be *optional*."""
    kept, nullable = without_none(hint)
    try:
        shape_of(kept)
    except Inexpressible as error:
        yield f"{where}: {error}"
    if nullable and not optional:
        yield f"{where}: needs a default, as it can be None: on the wire it is left out then"


def name_problems(names: Iterable[str], what: str) -> Iterator[str]:
    """Give what is wrong with Python's *names* of what the wire is to have, all of one *what*."""
    wires = defaultdict[str, list[str]](list)
    for name in names:
        wires[camel(name)].append(name)
        if name.startswith("_"):
            yield f"{name}: the name of a {what} can't begin with an underscore"
    for wire, same in wires.items():
        if len(same) > 1:
            yield f"{' and '.join(same)}: two are called {wire} on the wire"


def docstring_problems(thing: object, where: str) -> Iterator[str]:
    """Say so if *thing* has no docstring, unless this Python drops them all (``-OO``)."""
    if not own_docstring(thing) and sys.flags.optimize < 2:
        yield f"{where}: has no docstring, which is to be its description"


def mentioned(hints: Iterable[Any]) -> list[type]:
    """Give the classes that *hints* mention, as far as they make sense."""
    shapes: list[Shape] = []
    for hint in hints:
        with suppress(Inexpressible):
            shapes.append(innermost(shape_of(without_none(hint)[0])))
    return [shape.kind for shape in shapes if isinstance(shape, Reference)]


def hints_or_reason(thing: Any) -> tuple[Mapping[str, Any], str]:
    """Give the types that *thing* is annotated with, or else the reason why there are none."""
    try:
        return get_type_hints(thing), ""
    except Exception as error:
        return {}, f"its types have to be found in its module, and {error}"


def _of_class(kind: type) -> Iterator[str]:
    name = kind.__name__
    yield from docstring_problems(kind, name)
    if not name[0].isupper():
        yield f"{name}: the name of a class has to begin with a capital letter"
    if is_enumeration(kind):
        yield from hint_problems(kind, name, optional=False)
    else:
        yield from _of_fields(kind)


def _of_fields(kind: type) -> Iterator[str]:
    hints, reason = hints_or_reason(kind)
    if reason:
        yield f"{kind.__name__}: {reason}"
        return
    fields = [field for field in attrs.fields(kind) if field.init]
    for problem in name_problems((field.name for field in fields), "field"):
        yield f"{kind.__name__}.{problem}"
    for field in fields:
        where = f"{kind.__name__}.{field.name}"
        if field.name not in hints:
            yield f"{where}: has no type"
        else:
            optional = field.default is not attrs.NOTHING
            yield from hint_problems(hints[field.name], where, optional=optional)


def _same_names(kinds: Iterable[type]) -> Iterator[str]:
    by_name = defaultdict[str, set[str]](set)
    for kind in kinds:
        by_name[kind.__name__].add(f"{kind.__module__}.{kind.__qualname__}")
    for name, same in sorted(by_name.items()):
        if len(same) > 1:
            yield f"{name}: is the name of {' and '.join(sorted(same))}"


def _fields(kind: type) -> dict[str, Any]:
    hints, _ = hints_or_reason(kind)
    names = [field.name for field in attrs.fields(kind)] if attrs.has(kind) else []
    return {name: hints[name] for name in names if name in hints}
