"""The protocol's description, generated from the domains' classes and signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import orjson

from ..api.command import Command
from ..api.domain import Domain
from ..protocol.shapes import (
    Anything,
    Array,
    Choice,
    Reference,
    Shape,
    Simple,
    Table,
    hints_of,
    innermost,
    is_enumeration,
    shape_of,
    without_none,
)
from ..protocol.structuring import camel
from ..protocol.wire import event_name
from .docstrings import entries, summary

Json = dict[str, Any]


def describe(domains: Iterable[type[Domain]]) -> bytes:
    """Give the JSON that ``/json/protocol`` serves.

    It says what the protocol's own does, and of an object whose names are not
    known beforehand what its values are, as JSON Schema does:
    ``additionalProperties``.
    """
    listed = list(domains)
    owners = _owners(listed)
    version = {"major": "1", "minor": "3"}
    described = [_Describer(domain, owners).describe() for domain in listed]
    return orjson.dumps({"version": version, "domains": described})


def types_of(domain: type[Domain]) -> list[type]:
    """Give the types that *domain* says it has, and those that its schema mentions, each once."""
    found: dict[type, None] = dict.fromkeys(domain.types)
    for hint in _hints(domain):
        _collect(hint, found)
    for kind in domain.types:
        _collect_fields(kind, found)
    return list(found)


def _owners(domains: list[type[Domain]]) -> dict[type, type[Domain]]:
    """Give the domain that each class is a type of: who says so, or else the first to use it."""
    owners = {kind: domain for domain in reversed(domains) for kind in domain.types}
    for domain in domains:
        for kind in types_of(domain):
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
            "description": summary(domain),
            "types": [self._type(kind) for kind, owner in self.owners.items() if owner is domain],
            "commands": [self._command(*item) for item in domain.commands.items()],
            "events": [self._event(event) for event in domain.events],
        }
        return {key: value for key, value in described.items() if value}

    def _command(self, name: str, command: Command) -> Json:
        described: Json = {"name": name, "description": summary(command.function)}
        said = entries(command.function)
        if command.parameters:
            described["parameters"] = [
                self._property(
                    wire, parameter.type, said.get(parameter.name), optional=parameter.optional
                )
                for wire, parameter in command.parameters.items()
            ]
        if attrs.has(command.returns):
            described["returns"] = self._fields(command.returns)
        return described

    def _event(self, event: type) -> Json:
        name = event_name(self.domain.name, event).partition(".")[2]
        return {"name": name, "description": summary(event), "parameters": self._fields(event)}

    def _type(self, kind: type) -> Json:
        described = {"id": kind.__name__, "description": summary(kind)}
        if is_enumeration(kind):
            values = [member.value for member in kind]  # type: ignore[attr-defined]
            return described | {"type": "string", "enum": values}
        return described | {"type": "object", "properties": self._fields(kind)}

    def _fields(self, kind: type) -> list[Json]:
        said, fields = entries(kind), attrs.fields_dict(kind)
        return [
            self._property(
                camel(name),
                hint,
                said.get(name),
                optional=fields[name].default is not attrs.NOTHING,
            )
            for name, hint in hints_of(kind).items()
        ]

    def _property(self, name: str, hint: Any, said: str | None, *, optional: bool) -> Json:
        described = {"name": name} | self._shape(shape_of(without_none(hint)[0]))
        if said:
            described["description"] = said
        return described | {"optional": True} if optional else described

    def _shape(self, shape: Shape) -> Json:
        match shape:
            case Simple(_, name):
                described: Json = {"type": name}
            case Choice(words):
                described = {"type": "string", "enum": list(words)}
            case Array(items):
                described = {"type": "array", "items": self._shape(items)}
            case Table(Anything()):
                described = {"type": "object"}
            case Table(values):
                described = {"type": "object", "additionalProperties": self._shape(values)}
            case Reference(kind):
                described = {"$ref": self._reference(kind)}
            case Anything():
                described = {"type": "any"}
        return described

    def _reference(self, kind: type) -> str:
        owner = self.owners[kind]
        return kind.__name__ if owner is self.domain else f"{owner.name}.{kind.__name__}"


def _hints(domain: type[Domain]) -> Iterator[Any]:
    """Give the types of all that the commands and events of *domain* carry."""
    for command in domain.commands.values():
        for parameter in command.parameters.values():
            yield parameter.type
        if attrs.has(command.returns):
            yield from hints_of(command.returns).values()
    for event in domain.events:
        yield from hints_of(event).values()


def _collect(hint: Any, found: dict[type, None]) -> None:
    shape = innermost(shape_of(without_none(hint)[0]))
    if isinstance(shape, Reference) and shape.kind not in found:
        found[shape.kind] = None
        _collect_fields(shape.kind, found)


def _collect_fields(kind: type, found: dict[type, None]) -> None:
    if attrs.has(kind):
        for hint in hints_of(kind).values():
            _collect(hint, found)
