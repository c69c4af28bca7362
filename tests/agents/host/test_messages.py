"""Whatever a program says, what front ends are told is valid."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapscope.agents.link.messages import (
    BodyChunk,
    Dropped,
    ExchangeFailed,
    ExchangeFinished,
    Goodbye,
    Message,
    RequestStarted,
    ResponseStarted,
    StackDefined,
)
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host
from tests.agents.link.samples import instances
from tests.protocol import check_message

KINDS = (
    RequestStarted,
    ResponseStarted,
    BodyChunk,
    ExchangeFinished,
    ExchangeFailed,
    StackDefined,
    Dropped,
    Goodbye,
)


def about_few(message: Any) -> Message:
    """The same message about one of very few exchanges and stacks."""
    changes = {
        name: getattr(message, name) % 3
        for name in ("id", "stack", "redirected_from")
        if getattr(message, name, None) is not None
    }
    changed: Message = attrs.evolve(message, **changes)
    return changed


SAID = st.one_of([instances(kind) for kind in KINDS]).map(about_few)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(SAID, max_size=15))
def test_every_event_is_valid_live_and_in_the_history(
    protocol_json: dict[str, Any], said: list[Message]
) -> None:
    host = make_host()
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
    host = make_host()
    FakeProgram(host).say(*said)
    front_end = all_enabled(FrontEnd(host))
    for number in range(3):
        for command in ("getResponseBody", "getRequestPostData", "streamResourceContent"):
            front_end.answer(f"Network.{command}", requestId=f"1.{number}")
    for number, answer in front_end.answers.items():
        assert check_message(protocol_json, answer, front_end.methods[number]) == []
        assert answer.get("error", {}).get("code") != -32603
