"""The protocol's description, generated from the domains' classes and signatures."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
import orjson

from .domain import Command, Domain, camel, event_name

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean"}

Json = dict[str, Any]


def describe(domains: Iterable[type[Domain]]) -> bytes:
    """Give the JSON that ``/json/protocol`` serves."""
    listed = list(domains)
    owners = _owners(listed)
    version = {"major": "1", "minor": "3"}
    described = [_Describer(domain, owners).describe() for domain in listed]
    return orjson.dumps({"version": version, "domains": described})


def _owners(domains: list[type[Domain]]) -> dict[type, type[Domain]]:
    """Give the domain that each class is a type of: who says so, or else the first to use it."""
    owners = {kind: domain for domain in domains for kind in domain.types}
    for domain in domains:
        for kind in _mentioned(domain):
            owners.setdefault(kind, domain)
    return owners


@attrs.frozen
class _Describer:
    """Describes one domain."""

    domain: type[Domain]
    owners: Mapping[type, type[Domain]]

    def describe(self) -> Json:
        domain = self.domain
        described: Json = {
            "domain": domain.name,
            "description": _summary(domain),
            "types": [self._type(kind) for kind, owner in self.owners.items() if owner is domain],
            "commands": [self._command(*item) for item in domain.commands.items()],
            "events": [self._event(event) for event in domain.events],
        }
        return {key: value for key, value in described.items() if value}

    def _command(self, name: str, command: Command) -> Json:
        described: Json = {"name": name, "description": _summary(command.function)}
        if command.parameters:
            described["parameters"] = [
                self._property(wire, parameter.type, optional=parameter.optional)
                for wire, parameter in command.parameters.items()
            ]
        if attrs.has(command.returns):
            described["returns"] = self._fields(command.returns)
        return described

    def _event(self, event: type) -> Json:
        name = event_name(self.domain.name, event).partition(".")[2]
        return {"name": name, "description": _summary(event), "parameters": self._fields(event)}

    def _type(self, kind: type) -> Json:
        return {
            "id": kind.__name__,
            "description": _summary(kind),
            "type": "object",
            "properties": self._fields(kind),
        }

    def _fields(self, kind: type) -> list[Json]:
        hints = get_type_hints(kind)
        return [
            self._property(
                camel(field.name),
                hints[field.name],
                optional=field.default is not attrs.NOTHING,
            )
            for field in attrs.fields(kind)
        ]

    def _property(self, name: str, hint: Any, *, optional: bool) -> Json:
        described = {"name": name} | self._shape(_without_none(hint))
        return described | {"optional": True} if optional else described

    def _shape(self, hint: Any) -> Json:
        if hint in _SIMPLE:
            return {"type": _SIMPLE[hint]}
        if attrs.has(hint):
            owner = self.owners[hint]
            prefix = "" if owner is self.domain else f"{owner.name}."
            return {"$ref": f"{prefix}{hint.__name__}"}
        origin = get_origin(hint)
        if origin is list:
            return {"type": "array", "items": self._shape(get_args(hint)[0])}
        if origin is Literal:
            return {"type": "string", "enum": list(get_args(hint))}
        return {"type": "object"} if origin in (dict, Mapping) else {"type": "any"}


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    [kept] = [part for part in get_args(hint) if part is not type(None)] or [hint]
    return kept


def _mentioned(domain: type[Domain]) -> list[type]:
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
