"""What programs logged, as front ends are told of it."""

from __future__ import annotations

from typing import Any

import pytest

from tapscope.agents.host.store.records import MAX_CHARACTERS, MAX_RECORDS
from tapscope.agents.link.messages import Frame, Listen, RecordLogged, StackDefined, StackDepth
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host
from tests.protocol import check_message

TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 1, in f\nKeyError: 1'


@pytest.fixture
def program() -> FakeProgram:
    return FakeProgram(make_host())


@pytest.fixture
def front_end(program: FakeProgram) -> FrontEnd:
    return FrontEnd(program.host)


def log(
    program: FakeProgram,
    text: str = "low ink",
    *,
    level: int = 30,
    parent: int | None = None,
    error: str | None = None,
) -> None:
    """Say that the program has logged something."""
    told = RecordLogged(
        program.tick(), level, "SOME", "shop.till", text, 3, "main", parent, error
    )  # fmt: skip
    program.say(told)


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (5, "debug"),
        (10, "debug"),
        (20, "info"),
        (30, "warning"),
        (35, "warning"),
        (40, "error"),
        (50, "error"),
    ],
)
def test_a_record_is_a_line_with_its_level_its_logger_and_its_stack(
    program: FakeProgram, front_end: FrontEnd, protocol_json: dict[str, Any], level: int, shown: str
) -> None:
    front_end.ask("Runtime.enable")
    front_end.ask("Debugger.enable")
    program.define_stack(3, Frame("sell", "/srv/shop.py", 7, 4))
    log(program, level=level)
    [line] = front_end.told("consoleAPICalled")
    assert (line["type"], line["context"]) == (shown, "shop.till#1")
    assert [each["value"] for each in line["args"]] == [
        "%c%s%c %s",
        "color: gray",
        "shop.till",
        "",
        "low ink",
    ]
    [frame] = line["stackTrace"]["callFrames"]
    assert (frame["functionName"], frame["lineNumber"]) == ("sell", 6)
    methods = [event["method"] for event in front_end.events]
    assert methods.index("Debugger.scriptParsed") < methods.index("Runtime.consoleAPICalled")
    for event in front_end.events:
        assert check_message(protocol_json, event) == []


def test_an_exception_that_is_logged_inside_an_exchange_leads_to_its_row(
    program: FakeProgram, front_end: FrontEnd, protocol_json: dict[str, Any]
) -> None:
    front_end.ask("Runtime.enable")
    program.start(1)
    program.define_stack(3, Frame("sell", "/srv/shop.py", 7, 4))
    log(program, parent=1, error=TRACEBACK)
    [thrown] = front_end.told("exceptionThrown")
    details = thrown["exceptionDetails"]
    assert details["exceptionMetaData"] == {"requestId": "1.1"}
    assert details["exception"]["description"] == TRACEBACK
    assert details["exception"]["className"] == "KeyError"
    assert details["text"] == "shop.till low ink\n"
    assert (details["lineNumber"], details["url"]) == (6, "file:///srv/shop.py")
    assert check_message(protocol_json, front_end.events[-1]) == []


@pytest.mark.parametrize("parent", [None, 99])
def test_an_exception_outside_of_any_is_a_line_with_its_traceback(
    program: FakeProgram, front_end: FrontEnd, parent: int | None
) -> None:
    front_end.ask("Runtime.enable")
    log(program, parent=parent, error=TRACEBACK)
    [line] = front_end.told("consoleAPICalled")
    assert line["args"][-1]["value"] == f"low ink\n{TRACEBACK}"


def test_who_comes_later_is_told_what_was_logged_before(
    program: FakeProgram, front_end: FrontEnd
) -> None:
    for number in range(3):
        log(program, f"line {number}")
    front_end.ask("Runtime.enable")
    lines = front_end.told("consoleAPICalled")
    assert [line["args"][-1]["value"] for line in lines] == ["line 0", "line 1", "line 2"]
    assert len({line["timestamp"] for line in lines}) == 3


@pytest.mark.parametrize(
    ("count", "length", "kept"),
    [(MAX_RECORDS + 5, 1, MAX_RECORDS), (10, MAX_CHARACTERS // 4, 3), (2, 2 * MAX_CHARACTERS, 1)],
)
def test_the_newest_are_kept_within_the_limits(
    program: FakeProgram, front_end: FrontEnd, count: int, length: int, kept: int
) -> None:
    for number in range(count):
        log(program, f"{number} ".ljust(length, "x"))
    front_end.ask("Runtime.enable")
    lines = front_end.told("consoleAPICalled")
    assert len(lines) == kept
    assert lines[-1]["args"][-1]["value"].startswith(f"{count - 1} ")


def test_programs_are_asked_for_records_whoever_is_there(program: FakeProgram) -> None:
    [listen] = [each for each in program.heard if isinstance(each, Listen)]
    assert "log.record" in listen.lifecycles


def depths(program: FakeProgram) -> list[int]:
    return [each.depth for each in program.heard if isinstance(each, StackDepth)]


@pytest.mark.parametrize("domain", ["Debugger", "Runtime"])
def test_programs_say_what_started_work_while_a_front_end_wants_it(
    program: FakeProgram, front_end: FrontEnd, domain: str
) -> None:
    """Of those that want it the one counts that wants most."""
    other = FrontEnd(program.host)
    command = f"{domain}.setAsyncCallStackDepth"
    front_end.ask("Debugger.enable")
    other.ask("Debugger.enable")
    assert front_end.ask(command, maxDepth=4) == {}
    other.ask(command, maxDepth=32)
    front_end.ask(command, maxDepth=0)
    late = FakeProgram(program.host, pid=8)
    other.session.close()
    assert depths(program) == [4, 32, 0]
    assert depths(late) == [32, 0]


def test_a_stack_goes_on_where_its_work_was_started(
    program: FakeProgram, front_end: FrontEnd, protocol_json: dict[str, Any]
) -> None:
    front_end.ask("Debugger.enable")
    front_end.ask("Runtime.enable")
    program.say(
        StackDefined(1, (Frame("main", "/srv/main.py", 1, 0),), 0, "Thread.start"),
        StackDefined(2, (Frame("spawn", "/srv/spawn.py", 2, 0),), 1, "asyncio.create_task"),
        StackDefined(3, (Frame("sell", "/srv/shop.py", 3, 0),), 2),
    )
    log(program)
    trace = front_end.told("consoleAPICalled")[0]["stackTrace"]
    told = list[tuple[str | None, str]]()
    while trace is not None:
        told.append((trace.get("description"), trace["callFrames"][0]["functionName"]))
        trace = trace.get("parent")
    assert told == [(None, "sell"), ("asyncio.create_task", "spawn"), ("Thread.start", "main")]
    assert len(front_end.told("scriptParsed")) == 3
    for event in front_end.events:
        assert check_message(protocol_json, event) == []
