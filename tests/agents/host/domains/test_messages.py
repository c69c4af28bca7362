"""Whatever a program says, what front ends are told is valid."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapscope.agents.domains import Domain
from tapscope.agents.host.host import Host
from tapscope.agents.link.messages import (
    BodyChunk,
    Dropped,
    ExchangeFailed,
    ExchangeFinished,
    Goodbye,
    Message,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
    SocketClosed,
    SocketFrame,
    SocketOpened,
    SocketOpening,
    StackDefined,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    WorkStarted,
)
from tapscope.agents.link.plain import pack
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host
from tests.agents.link.samples import instances
from tests.protocol import check_message

KINDS = (
    RequestStarted,
    ResponseStarted,
    RequestReceived,
    ResponseSent,
    WorkStarted,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    SocketOpening,
    SocketOpened,
    SocketFrame,
    SocketClosed,
    BodyChunk,
    ExchangeFinished,
    ExchangeFailed,
    StackDefined,
    Dropped,
    Goodbye,
)

VALUES = st.dictionaries(
    st.sampled_from(["name", "detail", "result", "data", "sent"]),
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
    | st.binary() | st.lists(st.text(), max_size=3),
)  # fmt: skip


class Printing(Domain):
    """Says nothing of how its exchanges look."""

    name = "Printing"
    lifecycles = ("acme.print",)


def about_few(message: Any, values: dict[str, object]) -> Message:
    """The same message about one of very few exchanges and stacks, mostly with plain data."""
    changes: dict[str, object] = {
        name: getattr(message, name) % 3
        for name in ("id", "stack", "redirected_from", "parent")
        if getattr(message, name, None) is not None
    }
    if getattr(message, "fields", None):
        changes["fields"] = pack(values)
    if isinstance(message, WorkStarted):
        changes["lifecycle"] = "acme.print"
    elif isinstance(message, SocketOpening):
        changes["lifecycle"] = "websocket.client"
    changed: Message = attrs.evolve(message, **changes)
    return changed


def a_host() -> Host:
    host = make_host()
    host.target.add_domain(Printing)
    return host


SAID = st.builds(about_few, st.one_of([instances(kind) for kind in KINDS]), VALUES)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(SAID, max_size=15))
def test_every_event_is_valid_live_and_in_the_history(
    protocol_json: dict[str, Any], said: list[Message]
) -> None:
    host = a_host()
    live = all_enabled(FrontEnd(host))
    program = FakeProgram(host)
    program.say(*said)
    program.die()
    for front_end in (live, all_enabled(FrontEnd(host))):
        for event in front_end.take_all():
            assert check_message(protocol_json, event) == []


def test_an_exchange_that_cannot_be_shown_costs_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    host = make_host()
    program = FakeProgram(host)
    program.start(1)
    program.respond(1)
    program.say(ExchangeFinished(1, 2, 2**64 - 1, complete=True))
    program.exchange(2)
    front_end = all_enabled(FrontEnd(host))
    assert [told["requestId"] for told in front_end.told("loadingFinished")] == ["1.2"]
    assert "can't be shown" in caplog.text


def all_enabled(front_end: FrontEnd) -> FrontEnd:
    for domain in ("Debugger", "Runtime", "Network"):
        front_end.ask(f"{domain}.enable")
    return front_end


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(SAID, max_size=15))
def test_every_answer_is_valid(protocol_json: dict[str, Any], said: list[Message]) -> None:
    host = a_host()
    FakeProgram(host).say(*said)
    front_end = all_enabled(FrontEnd(host))
    for number in range(3):
        for command in ("getResponseBody", "getRequestPostData", "streamResourceContent"):
            front_end.answer(f"Network.{command}", requestId=f"1.{number}")
    for number, answer in front_end.answers.items():
        assert check_message(protocol_json, answer, front_end.methods[number]) == []
        assert answer.get("error", {}).get("code") != -32603


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(SAID, max_size=15))
def test_what_the_other_side_of_the_network_is_told_is_what_its_description_says(
    said: list[Message],
) -> None:
    host = a_host()
    protocol = json.loads(host.protocol())
    front_end = FrontEnd(host)
    front_end.ask("PythonNetwork.enable", includeData=True)
    FakeProgram(host).say(*said)
    for command in ("getInFlightRequests", "getRecordedRequests"):
        front_end.ask(f"PythonNetwork.{command}")
    for number in range(3):
        for command in ("getRequestBody", "getResponseBody", "getChildren"):
            front_end.answer(f"PythonNetwork.{command}", requestId=f"1.{number}")
    for event in front_end.take_all():
        assert check_message(protocol, event) == []
    for number, answer in front_end.answers.items():
        assert check_message(protocol, answer, front_end.methods[number]) == []
        assert answer.get("error", {}).get("code") != -32603
