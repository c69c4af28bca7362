"""What domains can ask of a target."""

from __future__ import annotations

import pytest

from tapscope.agents.domains import Exchange, Target
from tapscope.agents.link.messages import Frame, RequestStarted, WorkStarted
from tests.agents.host.programs import FakeProgram, make_host


@pytest.fixture
def target() -> Target:
    """A page was redirected once, caused a query that goes on, and failed."""
    program = FakeProgram(make_host())
    program.define_stack(5, Frame("buy", "shop.py", 12, 4))
    program.start(1, stack=5)
    program.respond(1)
    program.finish(1)
    program.say(
        RequestStarted(2, program.tick(), "GET", "http://shop/", (), 5, "main", None, 1),
        WorkStarted(3, program.tick(), "database", 0, "main", 2, b""),
    )
    program.fail(2)
    return program.host.target


def find(target: Target, wanted: str) -> Exchange:
    found = target.exchange(wanted)
    assert found is not None
    return found


def test_an_exchange_is_found_by_the_id_that_front_ends_know(target: Target) -> None:
    """Of a chain of redirects, which has one id, that is the last."""
    assert find(target, "1.3").lifecycle == "database"
    assert find(target, "1.1").start.id == 2


@pytest.mark.parametrize("wanted", ["1.4", "2.1", "", "1", "1.x", "1.2.3", "-1.2", "9" * 5000])
def test_an_id_that_is_nobody_s_leads_nowhere(target: Target, wanted: str) -> None:
    assert target.exchange(wanted) is None


@pytest.mark.parametrize(
    ("lifecycle", "after", "expected"),
    [
        ("*", 0, [1, 2, 3]),
        ("http.client", 0, [1, 2]),
        ("database", 0, [3]),
        ("jobs", 0, []),
        ("*", 2, [3]),
        ("http.client", 1, [2]),
    ],
)
def test_history_is_of_one_lifecycle_or_of_all(
    target: Target, lifecycle: str, after: int, expected: list[int]
) -> None:
    assert [each.start.id for each in target.history(lifecycle, after)] == expected


def test_what_caused_an_exchange_and_what_it_caused_are_found(target: Target) -> None:
    page, query = find(target, "1.1"), find(target, "1.3")
    assert target.children(page) == [query]
    assert target.parent(query) is page
    assert target.parent(page) is None


def test_what_goes_on_is_told_from_what_has_ended(target: Target) -> None:
    assert target.unfinished() == [find(target, "1.3")]


def test_a_stack_is_as_cdp_has_it(target: Target) -> None:
    trace = target.stack_trace(find(target, "1.1"))
    assert trace is not None
    (frame,) = trace.call_frames
    assert (frame.function_name, frame.line_number, frame.column_number) == ("buy", 11, 4)
    script = target.sources.find(frame.script_id)
    assert script is not None
    assert script.filename == "/srv/shop.py"
    assert target.stack_trace(find(target, "1.3")) is None
