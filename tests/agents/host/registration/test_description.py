"""What ``/json/protocol`` says of our domains is a part of what the protocol itself says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tapscope.agents.host.host import DOMAINS
from tests.agents.host.programs import make_host

Json = dict[str, Any]

OURS: Json = json.loads(make_host().protocol())
CDP = {"Network", "Runtime", "Debugger", "Schema"}
"""Those of our domains that the protocol has, too."""
DEEPEST = 8
KEYS = {"types": "id", "commands": "name", "events": "name"}


def entries() -> Iterator[tuple[str, str, str]]:
    """Every command, event and type of ours: its domain, section and name."""
    for domain in OURS["domains"]:
        for section, key in KEYS.items():
            for entry in domain.get(section, []):
                yield domain["domain"], section, entry[key]


OFFICIAL = [entry for entry in entries() if entry[0] in CDP]


def find(protocol: Json, domain: str, section: str, name: str) -> Json | None:
    for described in protocol["domains"]:
        for entry in described.get(section, []):
            if (described["domain"], entry[KEYS[section]]) == (domain, name):
                found: Json = entry
                return found
    return None


def resolved(protocol: Json, domain: str, schema: Json) -> tuple[str, Json]:
    """A schema with its references followed, and the domain that it is from."""
    while "$ref" in schema:
        home, _, name = schema["$ref"].rpartition(".")
        domain = home or domain
        found = find(protocol, domain, "types", name)
        assert found is not None, schema
        schema = found
    return domain, schema


def differences(official: Json, domain: str, ours: Json, theirs: Json, path: str) -> Iterator[str]:
    """In what our schema is no part of theirs, as deep as types can differ that hold themselves."""
    if path.count(".") > DEEPEST:
        return
    home, ours = resolved(OURS, domain, ours)
    _, theirs = resolved(official, domain, theirs)
    kinds = (ours["type"], theirs["type"])
    if kinds[0] != kinds[1] != "any" and kinds != ("integer", "number"):
        yield f"{path}: {kinds[0]}, not {kinds[1]}"
    if "enum" in theirs and not set(ours.get("enum", [])) <= set(theirs["enum"]):
        yield f"{path}: {ours['enum']} are not all in {theirs['enum']}"
    if "items" in ours:
        yield from differences(official, home, ours["items"], theirs["items"], f"{path}[]")
    if "properties" in theirs:
        yield from missing(official, home, ours, theirs, path, "properties")


def missing(
    official: Json, domain: str, ours: Json, theirs: Json, path: str, key: str
) -> Iterator[str]:
    """In what our fields are no part of theirs."""
    known = {field["name"]: field for field in theirs.get(key, [])}
    for field in ours.get(key, []):
        inner = f"{path}.{field['name']}"
        if field["name"] not in known:
            yield f"{inner}: unknown"
        else:
            yield from differences(official, domain, field, known[field["name"]], inner)


@pytest.mark.parametrize(("domain", "section", "name"), OFFICIAL)
def test_each_entry_is_the_protocols_own_as_far_as_it_goes(
    domain: str, section: str, name: str, protocol_json: Json
) -> None:
    ours = find(OURS, domain, section, name)
    theirs = find(protocol_json, domain, section, name)
    assert ours is not None
    assert theirs is not None, "the protocol has no such entry"
    found = [
        difference
        for key in ("properties", "parameters", "returns")
        for difference in missing(protocol_json, domain, ours, theirs, name, key)
    ]
    assert found == []


@pytest.mark.parametrize("section", ["commands", "events"])
def test_what_the_protocol_demands_is_never_optional(section: str, protocol_json: Json) -> None:
    for domain, _, name in (entry for entry in OFFICIAL if entry[1] == section):
        ours, theirs = (find(each, domain, section, name) for each in (OURS, protocol_json))
        assert ours is not None
        assert theirs is not None
        assert demanded(theirs) <= demanded(ours), name
        assert section == "events" or demanded(theirs) == demanded(ours), name


def demanded(entry: Json) -> set[str]:
    return {
        field["name"] for field in entry.get("parameters", []) if not field.get("optional", False)
    }


def test_every_domain_is_described_with_all_its_commands() -> None:
    described = {domain["domain"]: domain for domain in OURS["domains"]}
    assert set(described) == {domain.name for domain in DOMAINS}
    for domain in DOMAINS:
        names = {command["name"] for command in described[domain.name].get("commands", [])}
        assert names == set(domain.commands)


def test_every_entry_says_what_it_is() -> None:
    for domain, section, name in entries():
        found = find(OURS, domain, section, name)
        assert found is not None
        assert found["description"], (domain, section, name)


def test_every_reference_leads_somewhere() -> None:
    for domain in OURS["domains"]:
        for reference in references(domain):
            resolved(OURS, domain["domain"], {"$ref": reference})


def references(value: Any) -> Iterator[str]:
    if value.__class__ is list:
        for item in value:
            yield from references(item)
    elif value.__class__ is dict:
        if "$ref" in value:
            yield value["$ref"]
        yield from references(list(value.values()))
