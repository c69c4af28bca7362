"""The protocol's description, generated from the domains' classes and signatures."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import orjson

from .domain import Command, Domain, camel, event_name

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean"}

Json = dict[str, Any]


def describe(domains: Iterable[type[Domain]]) -> bytes:
    """Give the JSON that ``/json/protocol`` serves."""
    version = {"major": "1", "minor": "3"}
    return orjson.dumps({"version": version, "domains": [_domain(domain) for domain in domains]})


def _domain(domain: type[Domain]) -> Json:
    described: Json = {
        "domain": domain.name,
        "description": _summary(domain),
        "types": [_type(kind) for kind in _types(domain)],
        "commands": [_command(name, found) for name, found in domain.commands.items()],
        "events": [_event(domain, event) for event in domain.events],
    }
    return {key: value for key, value in described.items() if value}


def _command(name: str, command: Command) -> Json:
    described: Json = {"name": name, "description": _summary(command.function)}
    if command.parameters:
        described["parameters"] = [
            _property(wire, parameter.type) | ({"optional": True} if parameter.optional else {})
            for wire, parameter in command.parameters.items()
        ]
    if attrs.has(command.returns):
        described["returns"] = list(_fields(command.returns))
    return described


def _event(domain: type[Domain], event: type) -> Json:
    name = event_name(domain.name, event).partition(".")[2]
    return {"name": name, "description": _summary(event), "parameters": list(_fields(event))}


def _type(kind: type) -> Json:
    return {
        "id": kind.__name__,
        "description": _summary(kind),
        "type": "object",
        "properties": list(_fields(kind)),
    }


def _fields(kind: type) -> Iterator[Json]:
    hints = get_type_hints(kind)
    for field in attrs.fields(kind):
        optional = {"optional": True} if field.default is not attrs.NOTHING else {}
        yield _property(camel(field.name), hints[field.name]) | optional


def _property(name: str, hint: Any) -> Json:
    return {"name": name} | _shape(_without_none(hint))


def _shape(hint: Any) -> Json:
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if attrs.has(hint):
        return {"$ref": hint.__name__}
    origin = get_origin(hint)
    if origin is list:
        return {"type": "array", "items": _shape(get_args(hint)[0])}
    if origin is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    return {"type": "object"} if origin in (dict, Mapping) else {"type": "any"}


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    [kept] = [part for part in get_args(hint) if part is not type(None)] or [hint]
    return kept


def _types(domain: type[Domain]) -> list[type]:
    """Give the classes that the domain's events and results mention, each once."""
    found: dict[type, None] = {}
    mentioned = [command.returns for command in domain.commands.values()]
    for kind in (*domain.events, *(kind for kind in mentioned if attrs.has(kind))):
        for hint in get_type_hints(kind).values():
            _collect(hint, found)
    return list(found)


def _collect(hint: Any, found: dict[type, None]) -> None:
    if attrs.has(hint) and hint not in found:
        found[hint] = None
        for inner in get_type_hints(hint).values():
            _collect(inner, found)
    for part in get_args(hint):
        _collect(part, found)


def _summary(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n\n")[0]
