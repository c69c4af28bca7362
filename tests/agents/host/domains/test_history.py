"""Whenever a front end comes, it is told each exchange once and in order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.budget import Budget
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host

STEPS = st.lists(
    st.tuples(st.sampled_from(["start", "respond", "receive", "finish", "fail", "redirect"]),
              st.integers(1, 6))
    | st.tuples(st.sampled_from(["enable", "take", "take", "take all", "disable"]), st.just(0)),
    max_size=60,
)  # fmt: skip


class Story:
    """Exchanges of one program, each told as an integration would tell it."""

    def __init__(self, program: FakeProgram) -> None:
        self.program = program
        self.phase: dict[int, str] = {}

    def step(self, step: str, number: int) -> None:
        phase = self.phase.get(number)
        if step == "start" and phase is None:
            self.program.start(number)
            self.phase[number] = "started"
        elif step == "redirect" and phase is None and self.phase.get(number - 1) == "over":
            self.program.start(number, redirected_from=number - 1)
            self.phase[number] = "started"
        elif step == "respond" and phase == "started":
            self.program.respond(number, 302)
            self.phase[number] = "responded"
        elif step == "receive" and phase == "responded":
            self.program.receive(number, b"piece")
        elif step in ("finish", "fail") and phase in ("started", "responded"):
            getattr(self.program, step)(number)
            self.phase[number] = "over"


def merged(events: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The events of each request, pieces of a body that follow each other counted as one."""
    by_request: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        told = by_request.setdefault(event["params"]["requestId"], [])
        if told and event["method"] == told[-1]["method"] == "Network.dataReceived":
            for key in ("dataLength", "encodedDataLength"):
                told[-1]["params"][key] += event["params"][key]
            told[-1]["params"]["timestamp"] = event["params"]["timestamp"]
        else:
            told.append({"method": event["method"], "params": dict(event["params"])})
    return by_request


@given(STEPS)
def test_a_front_end_that_comes_at_any_time_is_told_what_the_first_one_was(
    steps: list[tuple[str, int]],
) -> None:
    host = make_host()
    first, late = FrontEnd(host), FrontEnd(host)
    first.ask("Network.enable")
    story = Story(FakeProgram(host))
    for step, number in steps:
        if step == "enable":
            late.say("Network.enable")
        elif step == "disable":
            late.ask("Network.disable")
            late.events.clear()
        elif step == "take":
            late.take(1)
        elif step == "take all":
            late.take_all()
        else:
            story.step(step, number)
    late.say("Network.enable")
    assert merged(late.take_all()) == merged(first.take_all())


@given(STEPS)
def test_exchanges_are_told_in_the_order_of_their_starts(steps: list[tuple[str, int]]) -> None:
    host = make_host()
    late = FrontEnd(host)
    story = Story(FakeProgram(host))
    for step, number in steps:
        if step == "enable":
            late.say("Network.enable")
        elif step == "take":
            late.take(1)
        elif step not in ("disable", "take all"):
            story.step(step, number)
    late.say("Network.enable")
    starts = late.told("requestWillBeSent")
    times = [told["timestamp"] for told in starts]
    assert times == sorted(times)


def test_what_is_recorded_while_the_history_is_sent_comes_after_it() -> None:
    host = make_host()
    program = FakeProgram(host)
    for number in range(1, 4):
        program.exchange(number)
    front_end = FrontEnd(host)
    front_end.say("Network.enable")
    front_end.take(1)
    front_end.take(1)
    program.exchange(4)
    ids = [told["requestId"] for told in front_end.told("requestWillBeSent")]
    assert ids == ["1.1", "1.2", "1.3", "1.4"]
    assert len(front_end.told("loadingFinished")) == 4


def test_an_exchange_that_is_forgotten_while_the_history_is_sent_is_left_out() -> None:
    host = make_host(Budget(exchanges=3))
    program = FakeProgram(host)
    for number in range(1, 4):
        program.exchange(number)
    front_end = FrontEnd(host)
    front_end.say("Network.enable")
    front_end.take(1)
    for number in range(4, 8):
        program.exchange(number)
    ids = [told["requestId"] for told in front_end.told("requestWillBeSent")]
    assert ids[-3:] == ["1.5", "1.6", "1.7"]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("domain", ["Log", "Runtime"])
def test_where_exchanges_are_missing_in_the_history_that_is_said(domain: str) -> None:
    """In the Console, with a link to the row behind the gap if the front end can show one."""
    host = make_host(Budget(exchanges=3))
    program = FakeProgram(host)
    for number in range(1, 6):
        program.exchange(number)
    front_end = FrontEnd(host)
    front_end.ask(f"{domain}.enable")
    front_end.events.clear()
    front_end.say("Network.enable")
    for _ in ("the answer", "the beginning"):
        front_end.take(1)
    for number in range(6, 10):
        program.exchange(number)
    front_end.take_all()
    for gap, row in ((2, "1.3"), (3, "1.7")):
        text = f"tapscope: {gap} before this one are not kept any more"
        places = [n for n, event in enumerate(front_end.events) if text in json.dumps(event)]
        [row_at] = places_of(front_end, row)
        assert [place > row_at for place in places] == [True]
        if domain == "Log":
            assert front_end.events[places[0]]["params"]["entry"]["networkRequestId"] == row


def places_of(front_end: FrontEnd, row: str) -> list[int]:
    return [
        place
        for place, event in enumerate(front_end.events)
        if event["method"] == "Network.requestWillBeSent" and event["params"]["requestId"] == row
    ]
