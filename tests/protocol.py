"""Whether a message is one that the Chrome DevTools Protocol's own JSON description allows.

The description is data (``domains``, each with ``commands``, ``events`` and ``types``); this walks
a message along it. It is stricter than a front end, which ignores what it does not know: a field
that the description lacks is an error here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeGuard

import attrs

Json: TypeAlias = Any
Schema: TypeAlias = Mapping[str, Any]

EVENT_FIELDS = {"method", "params", "sessionId"}
RESULT_FIELDS = {"id", "result", "sessionId"}
FAILURE_FIELDS = {"id", "error", "sessionId"}


def check_message(protocol: Schema, message: Json, method: str | None = None) -> list[str]:
    """What is wrong with an outgoing message; nothing, if it is valid.

    Args:
        protocol: The description, as at ``/json/protocol``: ``{"domains": [...]}``.
        message: An event, or the answer to a command.
        method: The command that it answers, ``"Network.enable"``; ``None`` for an event.

    Returns:
        One sentence for each error, opening with the path: ``params.request.url: ...``.
    """
    if not _is_object(message):
        return [f"message: {message!r} is no object"]
    if method is None:
        return list(_check_event(protocol, message))
    return list(_check_answer(protocol, message, method))


def check_parameters(protocol: Schema, method: str, params: Json) -> list[str]:
    """What is wrong with the parameters of a command that came in.

    As the host is lenient with those, what the description lacks is none, and
    ``null`` for what is optional.
    """
    command = _find(protocol, "commands", method)
    if command is None:
        return [f"method: {method!r} is no command of the protocol"]
    described = _Description(protocol, lenient=True)
    fields = command.get("parameters", [])
    return list(_check_fields(described, _domain(method), fields, params, "params"))


@attrs.frozen
class _Description:
    """The protocol's description, and how it is taken."""

    protocol: Schema
    lenient: bool = False


def _check_event(protocol: Schema, message: Schema) -> Iterator[str]:
    yield from _unknown(message, EVENT_FIELDS)
    name = message.get("method")
    if not isinstance(name, str) or (event := _find(protocol, "events", name)) is None:
        yield f"method: {name!r} is no event of the protocol"
        return
    fields = event.get("parameters", [])
    described, params = _Description(protocol), message.get("params", {})
    yield from _check_fields(described, _domain(name), fields, params, "params")


def _check_answer(protocol: Schema, message: Schema, method: str) -> Iterator[str]:
    command = _find(protocol, "commands", method)
    if command is None:
        yield f"method: {method!r} is no command of the protocol"
        return
    if not _is_integer(message.get("id")):
        yield f"id: {message.get('id')!r} is no integer"
    if "error" in message:
        yield from _unknown(message, FAILURE_FIELDS)
        yield from _check_error(message["error"])
        return
    yield from _unknown(message, RESULT_FIELDS)
    if "result" not in message:
        yield "result: missing"
        return
    fields = command.get("returns", [])
    described = _Description(protocol)
    yield from _check_fields(described, _domain(method), fields, message["result"], "result")


def _check_error(error: Json) -> Iterator[str]:
    if not _is_object(error):
        yield f"error: {error!r} is no object"
        return
    if not _is_integer(error.get("code")):
        yield f"error.code: {error.get('code')!r} is no integer"
    if not isinstance(error.get("message"), str):
        yield f"error.message: {error.get('message')!r} is no string"
    yield from _unknown(error, {"code", "message", "data"}, "error.")


def _check_fields(
    described: _Description, domain: str, fields: list[Schema], value: Json, path: str
) -> Iterator[str]:
    if not _is_object(value):
        yield f"{path}: {value!r} is no object"
        return
    if not described.lenient:
        yield from _unknown(value, {field["name"] for field in fields}, f"{path}.")
    for field in fields:
        name, optional = field["name"], field.get("optional", False)
        if optional and described.lenient and value.get(name) is None:
            continue
        if name in value:
            yield from _check(described, domain, field, value[name], f"{path}.{name}")
        elif not optional:
            yield f"{path}.{name}: missing"


def _check(
    described: _Description, domain: str, schema: Schema, value: Json, path: str
) -> Iterator[str]:
    if "$ref" in schema:
        yield from _check_reference(described, domain, schema["$ref"], value, path)
        return
    kind = schema["type"]
    if not KINDS[kind](value):
        yield f"{path}: {value!r} is no {kind}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {', '.join(schema['enum'])}"
    elif kind == "array":
        yield from _check_items(described, domain, schema, value, path)
    elif kind == "object" and "properties" in schema:
        yield from _check_fields(described, domain, schema["properties"], value, path)
    elif kind == "object" and "additionalProperties" in schema:
        for name, item in value.items():
            inner = schema["additionalProperties"]
            yield from _check(described, domain, inner, item, f"{path}.{name}")


def _check_reference(
    described: _Description, domain: str, reference: str, value: Json, path: str
) -> Iterator[str]:
    name = reference if "." in reference else f"{domain}.{reference}"
    schema = _find(described.protocol, "types", name)
    if schema is None:
        yield f"{path}: the protocol has no type {name!r}"
        return
    yield from _check(described, _domain(name), schema, value, path)


def _check_items(
    described: _Description, domain: str, schema: Schema, value: list[Json], path: str
) -> Iterator[str]:
    low, high = schema.get("minItems", 0), schema.get("maxItems", math.inf)
    if not low <= len(value) <= high:
        yield f"{path}: {len(value)} items, {low} to {high} are allowed"
    for index, item in enumerate(value):
        yield from _check(described, domain, schema.get("items", ANY), item, f"{path}[{index}]")


def _find(protocol: Schema, section: str, name: str) -> Schema | None:
    """The command, event or type of that full name."""
    domain, _, local = name.partition(".")
    key = "id" if section == "types" else "name"
    entries = (entry for entry in protocol["domains"] if entry["domain"] == domain)
    found: Iterator[Schema] = (
        schema for entry in entries for schema in entry.get(section, []) if schema[key] == local
    )
    return next(found, None)


def _domain(name: str) -> str:
    return name.partition(".")[0]


def _unknown(value: Schema, known: set[str], prefix: str = "") -> Iterator[str]:
    for name in value:
        if name not in known:
            yield f"{prefix}{name}: unknown"


def _is_object(value: Json) -> TypeGuard[Schema]:
    return isinstance(value, dict)


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Json) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


ANY: Schema = {"type": "any"}
KINDS: Mapping[str, Callable[[Json], bool]] = {
    "any": lambda _: True,
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": _is_number,
    "object": _is_object,
    "string": lambda value: isinstance(value, str),
}
