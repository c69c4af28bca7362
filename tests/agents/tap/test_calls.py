"""What the host asks of a program is done in a thread that the program does not see."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, NoReturn

import attrs
import pytest

from tapscope.agents.link.messages import Call, Returned
from tapscope.agents.link.plain import pack, unpack
from tapscope.agents.tap.calls import MAX_CALLS, MAX_RESULT, Calls
from tapscope.channels import lifecycle
from tapscope.channels.remote import remote
from tapscope.channels.testing import capture


class Colour(Enum):
    RED = "red"


@attrs.frozen
class Job:
    name: str
    colour: Colour = Colour.RED
    parts: tuple[int, ...] = ()


class Unprintable(Exception):
    def __repr__(self) -> str:
        raise SystemExit

    __str__ = __repr__


_given: dict[str, Any] = {}
_go_on = threading.Event()


@remote
def give(name: str) -> object:
    return _given[name]


@remote
def fail(name: str) -> NoReturn:
    raise _given[name]


@remote
def wait() -> bool:
    return _go_on.wait(60)


@remote
def work() -> str:
    with lifecycle("test.calls").exchange("work"):
        return threading.current_thread().name


def unmarked() -> None:
    pytest.fail("it was called")


@attrs.define
class Caller:
    """Makes calls and takes their answers."""

    answers: queue.SimpleQueue[Returned] = attrs.field(factory=queue.SimpleQueue[Returned])
    calls: Calls = attrs.field(init=False)
    last: int = 0

    def __attrs_post_init__(self) -> None:
        self.calls = Calls(self.answers.put)

    def begin(self, function: str, **arguments: object) -> Returned | None:
        self.last += 1
        name = function if ":" in function else f"{__name__}:{function}"
        return self.calls.start(Call(self.last, name, pack(arguments)))

    def ask(self, function: str, **arguments: object) -> Returned:
        refused = self.begin(function, **arguments)
        answer = refused or self.answers.get(timeout=60)
        assert answer.id == self.last
        return answer

    def result(self, function: str, **arguments: object) -> object:
        answer = self.ask(function, **arguments)
        assert answer.result is not None, answer.error
        return unpack(answer.result)[0]


@pytest.fixture
def caller() -> Iterator[Caller]:
    _go_on.clear()
    yield Caller()
    _go_on.set()


RESULTS: list[tuple[object, object]] = [
    (None, None),
    (2**64 - 1, 2**64 - 1),
    ("é" * 50_000, "é" * 50_000),
    ([1] * 1000, [1] * 1000),
    ({"a": (1, 2.5, True)}, {"a": [1, 2.5, True]}),
    (Job("x", parts=(1,)), {"name": "x", "colour": "red", "parts": [1]}),
    ([Job("x")], [{"name": "x", "colour": "red", "parts": []}]),
    (Decimal("1.5"), "1.5"),
]


@pytest.mark.parametrize(("result", "plain"), RESULTS, ids=lambda value: f"{value!r:.20}")
def test_a_result_comes_whole_as_plain_data(caller: Caller, result: object, plain: object) -> None:
    _given["x"] = result
    assert caller.result("give", name="x") == plain


def test_a_result_that_is_too_long_is_an_error(caller: Caller) -> None:
    for result in ("x" * (MAX_RESULT + 1), [None] * MAX_RESULT):
        _given["x"] = result
        assert caller.ask("give", name="x").error.startswith("the result is too long")


def test_a_result_that_holds_itself_is_cut(caller: Caller) -> None:
    _given["x"] = loop = [1]
    loop.append(loop)  # type: ignore[arg-type]
    assert caller.ask("give", name="x").result


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("unmarked", "no function that is marked with @remote"),
        ("gone", "no function that is marked with @remote"),
        ("_given", "no function that is marked with @remote"),
        ("gone.gone:gone", "No module named 'gone'"),
        ("os:system", "no function that is marked with @remote"),
        ("give", "missing 1 required positional argument"),
    ],
)
def test_what_can_not_be_called_is_an_error(caller: Caller, function: str, error: str) -> None:
    assert error in caller.ask(function).error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no"), "failed: ValueError('no')"),
        (SystemExit(1), "failed: SystemExit(1)"),
        (KeyboardInterrupt(), "failed: KeyboardInterrupt()"),
        (Unprintable(), "failed: Unprintable"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_it_raises_is_an_error(caller: Caller, error: BaseException, text: str) -> None:
    _given["x"] = error
    assert text in caller.ask("fail", name="x").error


def test_so_many_may_run_at_once_and_no_more(caller: Caller) -> None:
    for _ in range(MAX_CALLS):
        assert caller.begin("wait") is None
    refused = caller.begin("wait")
    assert refused is not None
    assert "4 calls into the program are running" in refused.error
    _go_on.set()
    for _ in range(MAX_CALLS):
        assert caller.answers.get(timeout=60).result is not None
    assert caller.result("wait") is True


def test_what_a_call_does_is_told_to_nobody(caller: Caller) -> None:
    with capture("test.calls.*") as events:
        caller.result("work")
    assert events.messages == []


def test_the_program_sees_no_thread_of_a_call(caller: Caller) -> None:
    before = set(threading.enumerate())
    assert "Dummy" in str(caller.result("work"))
    assert caller.begin("wait") is None
    assert set(threading.enumerate()) <= before


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_can_be_called_while_its_parent_is_busy(caller: Caller) -> None:
    for _ in range(MAX_CALLS):
        assert caller.begin("wait") is None
    _given["x"] = 1
    assert in_a_child(lambda: caller.result("give", name="x") == 1)


def in_a_child(check: Callable[[], bool]) -> bool:
    """Tell whether *check* is true in a forked child."""
    child = os.fork()
    if not child:
        passed = False
        try:
            passed = check()
        finally:
            os._exit(0 if passed else 1)
    return os.waitpid(child, 0)[1] == 0
