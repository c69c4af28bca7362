"""Lines of the Console that lead to a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tapscope.agents.domains import ConsoleLine, Domain, Event, Exchange
from tapscope.agents.link.messages import Frame, WorkFinished, WorkStarted
from tapscope.agents.link.plain import pack
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host
from tests.protocol import check_message

JOB = "acme.job"


class Jobs(Domain):
    """Says a line at the end of each job, of the level that the job is called."""

    name = "Jobs"
    lifecycles = (JOB,)

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterable[ConsoleLine]:
        level = exchange.started(dict[str, Any])["name"]
        return [ConsoleLine(level=level, text="it is slow")] if exchange.end is event else []


def told(level: str, *domains: str) -> FrontEnd:
    """What a front end that has enabled these *domains* is told of a job."""
    host = make_host()
    host.target.add_domain(Jobs)
    front_end, program = FrontEnd(host), FakeProgram(host)
    for domain in domains:
        front_end.ask(f"{domain}.enable")
    program.define_stack(3, Frame("work", "/srv/work.py", 4, 0))
    fields = pack({"name": level})
    program.say(WorkStarted(1, program.tick(), JOB, 3, "main", None, fields))
    program.say(WorkFinished(1, program.tick(), b"\x80"))
    return front_end


@pytest.mark.parametrize(
    ("said", "shown"),
    [("debug", "verbose"), ("info", "info"), ("warning", "warning"), ("error", "error")],
)
def test_a_line_leads_to_its_row_for_those_who_ask_for_it_here(
    protocol_json: dict[str, Any], said: str, shown: str
) -> None:
    """It is told with its stack, and told once."""
    front_end = told(said, "Debugger", "Runtime", "Log")
    [entry] = [each["entry"] for each in front_end.told("entryAdded")]
    assert (entry["level"], entry["text"], entry["networkRequestId"]) == (
        shown,
        "it is slow",
        "1.1",
    )
    assert entry["timestamp"] == pytest.approx(1_001_002)
    assert entry["stackTrace"]["callFrames"][0]["functionName"] == "work"
    assert front_end.told("consoleAPICalled") == []
    for event in front_end.events:
        assert check_message(protocol_json, event) == []


def test_others_are_told_it_by_runtime() -> None:
    front_end = told("error", "Runtime")
    assert front_end.told("entryAdded") == []
    [line] = front_end.told("consoleAPICalled")
    assert line["args"] == [{"type": "string", "value": "it is slow"}]


def test_what_was_said_can_be_cleared() -> None:
    """DevTools says so with its own Console."""
    assert told("error", "Log").ask("Log.clear") == {}
