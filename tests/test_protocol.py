from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.protocol import check_message

PROTOCOL: dict[str, Any] = {
    "domains": [
        {
            "domain": "Tea",
            "types": [
                {"id": "Leaf", "type": "string", "enum": ["green", "black"]},
                {
                    "id": "Pot",
                    "type": "object",
                    "properties": [
                        {"name": "leaf", "$ref": "Leaf"},
                        {"name": "litres", "type": "number", "optional": True},
                        {"name": "lid", "type": "boolean", "optional": True},
                    ],
                },
                {"id": "Labels", "type": "object"},
            ],
            "commands": [
                {"name": "enable"},
                {"name": "brew", "returns": [{"name": "pot", "$ref": "Pot"}]},
            ],
            "events": [
                {"name": "stopped"},
                {
                    "name": "poured",
                    "parameters": [
                        {"name": "pot", "$ref": "Pot"},
                        {"name": "cups", "type": "integer"},
                        {"name": "labels", "$ref": "Tea.Labels", "optional": True},
                        {"name": "note", "type": "any", "optional": True},
                        {"name": "guests", "type": "array", "optional": True,
                         "items": {"$ref": "Shop.Guest"}, "minItems": 1, "maxItems": 2},
                        {"name": "ghost", "$ref": "Nowhere", "optional": True},
                    ],
                },
            ],
        },
        {"domain": "Shop", "types": [{"id": "Guest", "type": "string"}]},
    ]
}  # fmt: skip

POURED: dict[str, Any] = {
    "method": "Tea.poured",
    "params": {
        "pot": {"leaf": "green", "litres": 0.5},
        "cups": 2,
        "labels": {"anything": ["goes"]},
        "note": None,
        "guests": ["Ann"],
    },
}

FAILURE: dict[str, Any] = {"code": -32000, "message": "no water"}
NO_CODE: dict[str, Any] = {"message": "no water"}


def poured(**changes: Any) -> dict[str, Any]:
    """The valid event with some parameters replaced."""
    message = copy.deepcopy(POURED)
    message["params"].update(changes)
    return message


@pytest.mark.parametrize(
    ("message", "method"),
    [
        (POURED, None),
        ({"method": "Tea.poured", "params": {"pot": {"leaf": "black"}, "cups": 0}}, None),
        ({"method": "Tea.stopped"}, None),
        ({"method": "Tea.stopped", "params": {}, "sessionId": "s1"}, None),
        (poured(pot={"leaf": "green", "litres": 1}), None),
        ({"id": 1, "result": {}}, "Tea.enable"),
        ({"id": 1, "result": {"pot": {"leaf": "green"}}}, "Tea.brew"),
        ({"id": 1, "error": FAILURE}, "Tea.brew"),
    ],
)
def test_a_message_that_the_description_allows_has_no_errors(
    message: dict[str, Any], method: str | None
) -> None:
    assert check_message(PROTOCOL, message, method) == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"cups": "2"}, "params.cups: '2' is no integer"),
        ({"cups": 2.0}, "params.cups: 2.0 is no integer"),
        ({"cups": True}, "params.cups: True is no integer"),
        ({"cups": None}, "params.cups: None is no integer"),
        ({"pot": "big"}, "params.pot: 'big' is no object"),
        ({"pot": {}}, "params.pot.leaf: missing"),
        ({"pot": {"leaf": "oolong"}}, "params.pot.leaf: 'oolong' is none of green, black"),
        ({"pot": {"leaf": "green", "litres": "1"}}, "params.pot.litres: '1' is no number"),
        ({"pot": {"leaf": "green", "litres": float("nan")}}, "params.pot.litres: nan is no number"),
        ({"pot": {"leaf": "green", "lid": 1}}, "params.pot.lid: 1 is no boolean"),
        ({"pot": {"leaf": "green", "spout": 1}}, "params.pot.spout: unknown"),
        ({"labels": []}, "params.labels: [] is no object"),
        ({"guests": "Ann"}, "params.guests: 'Ann' is no array"),
        ({"guests": ["Ann", 7]}, "params.guests[1]: 7 is no string"),
        ({"guests": []}, "params.guests: 0 items, 1 to 2 are allowed"),
        ({"guests": ["a", "b", "c"]}, "params.guests: 3 items, 1 to 2 are allowed"),
        ({"ghost": 1}, "params.ghost: the protocol has no type 'Tea.Nowhere'"),
        ({"sugar": 1}, "params.sugar: unknown"),
    ],
)
def test_one_wrong_parameter_is_one_error_with_its_path(
    changes: dict[str, Any], error: str
) -> None:
    assert check_message(PROTOCOL, poured(**changes)) == [error]


@pytest.mark.parametrize(
    ("message", "method", "error"),
    [
        ([], None, "message: [] is no object"),
        ({}, None, "method: None is no event of the protocol"),
        ({"method": "poured"}, None, "method: 'poured' is no event of the protocol"),
        ({"method": "Tea.brew"}, None, "method: 'Tea.brew' is no event of the protocol"),
        ({"method": "Tea.stopped", "params": []}, None, "params: [] is no object"),
        ({"method": "Tea.stopped", "id": 1}, None, "id: unknown"),
        ({"id": 1, "result": {}}, "brew", "method: 'brew' is no command of the protocol"),
        ({"id": "1", "result": {}}, "Tea.enable", "id: '1' is no integer"),
        ({"id": 1}, "Tea.enable", "result: missing"),
        ({"id": 1, "result": {}}, "Tea.brew", "result.pot: missing"),
        ({"id": 1, "result": {"done": True}}, "Tea.enable", "result.done: unknown"),
        ({"id": 1, "error": "no"}, "Tea.enable", "error: 'no' is no object"),
        ({"id": 1, "error": NO_CODE}, "Tea.enable", "error.code: None is no integer"),
        ({"id": 1, "error": {"code": 1}}, "Tea.enable", "error.message: None is no string"),
        ({"id": 1, "error": FAILURE | {"why": 1}}, "Tea.enable", "error.why: unknown"),
    ],
)
def test_a_wrong_envelope_is_an_error(message: Any, method: str | None, error: str) -> None:
    assert check_message(PROTOCOL, message, method) == [error]


def test_a_missing_required_parameter_is_an_error() -> None:
    errors = check_message(PROTOCOL, {"method": "Tea.poured"})
    assert errors == ["params.pot: missing", "params.cups: missing"]


def test_the_real_description_allows_a_real_event(protocol_json: dict[str, Any]) -> None:
    params = {"requestId": "1", "timestamp": 1.5, "dataLength": 3, "encodedDataLength": 3}
    assert check_message(protocol_json, {"method": "Network.dataReceived", "params": params}) == []
    del params["timestamp"]
    errors = check_message(protocol_json, {"method": "Network.dataReceived", "params": params})
    assert errors == ["params.timestamp: missing"]


def test_the_real_description_has_the_browsers_and_the_engines_domains(
    protocol_json: dict[str, Any],
) -> None:
    names = {domain["domain"] for domain in protocol_json["domains"]}
    assert {"Network", "Runtime", "Debugger"} <= names
