"""What a domain does wrong is told, and ends there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import NoReturn

import attrs
import pytest

from tapscope.agents.host.api.guard import MAX_OVERRUNS, Guard, Overran


class Unprintable(Exception):
    def __repr__(self) -> str:
        raise SystemExit

    __str__ = __repr__


@attrs.define
class Told:
    """A guard, and what it has told."""

    lines: list[str] = attrs.field(factory=list[str])
    guard: Guard = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.guard = Guard(self.lines.append)

    def fail(self, error: BaseException, times: int = 1) -> None:
        """Have a hook of the domain Jobs raise *error*."""

        def hook() -> NoReturn:
            raise error

        for _ in range(times):
            assert self.guard.call("Jobs", hook) is None


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_a_hook_returns_is_given(told: Told) -> None:
    def hook(a: int, *, b: int) -> int:
        return a + b

    assert told.guard.call("Jobs", hook, 1, b=2) == 3
    assert told.lines == []


@pytest.mark.parametrize(
    "error",
    [ValueError("no"), SystemExit(1), KeyboardInterrupt(), GeneratorExit(), MemoryError(),
     RecursionError(), StopIteration()],
    ids=repr,
)  # fmt: skip
def test_whatever_a_hook_raises_is_told_and_ends_there(told: Told, error: BaseException) -> None:
    told.fail(error)
    [line] = told.lines
    assert line.startswith("the domain Jobs failed in ")
    assert line.endswith(f".hook: {error!r}")


def test_an_error_that_can_not_be_shown_is_told_by_its_type(
    told: Told, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    told.fail(Unprintable())
    assert told.lines[0].endswith(": Unprintable")
    told.guard.log("it failed", Unprintable())
    assert "it failed" in caplog.messages
    assert capsys.readouterr().err == ""


def test_a_long_error_is_cut(told: Told) -> None:
    told.fail(ValueError("x" * 100_000))
    assert len(told.lines[0]) < 700


def test_a_failure_is_told_each_time_their_number_has_doubled(told: Told) -> None:
    told.fail(ValueError("no"), times=1100)
    assert len(told.lines) == 11
    assert "(1,024 times)" in told.lines[-1]


def test_who_can_not_be_told_harms_nobody() -> None:
    def tell(_: str) -> NoReturn:
        raise SystemExit

    assert Guard(tell).call("Jobs", int, "no number") is None


def test_a_hook_that_calls_itself_is_not_called_again(told: Told) -> None:
    calls: list[int] = []

    def hook() -> None:
        calls.append(len(calls))
        told.guard.call("Jobs", hook)

    told.guard.call("Jobs", hook)
    told.guard.call("Jobs", hook)
    assert calls == [0, 1]


def test_hooks_that_call_each_other_for_ever_come_to_an_end(told: Told) -> None:
    calls: list[int] = []

    def hook() -> None:
        calls.append(len(calls))
        told.guard.call("Jobs", partial(hook))

    told.guard.call("Jobs", hook)
    assert 1 < len(calls) < 100
    assert told.lines == []


@attrs.define
class Watch:
    """Records who was to be watched."""

    entered: list[float] = attrs.field(factory=list[float])
    left: list[object] = attrs.field(factory=list[object])

    def enter(self, seconds: float) -> object:
        self.entered.append(seconds)
        return len(self.entered)

    def leave(self, outer: object) -> None:
        self.left.append(outer)


@pytest.mark.parametrize("function", [lambda: 1, lambda: 1 / 0], ids=["good", "bad"])
def test_every_call_is_watched_to_its_end(told: Told, function: Callable[[], float]) -> None:
    watch = told.guard.watch = Watch()
    told.guard.call("Jobs", lambda: told.guard.call("Jobs", function))
    assert watch.left[-2:] == [2, 1] if len(watch.entered) == 2 else watch.left[-1] == 1
    assert len(watch.entered) == len(watch.left)


def test_a_command_may_raise_and_is_watched_as_long_as_it_may_take(told: Told) -> None:
    watch = told.guard.watch = Watch()
    with pytest.raises(ZeroDivisionError):
        told.guard.run(2.5, lambda: 1 // 0)
    assert (watch.entered, watch.left) == ([2.5], [1])


def test_a_domain_whose_hooks_took_too_long_is_switched_off(told: Told) -> None:
    told.fail(Overran(), times=MAX_OVERRUNS - 1)
    assert not told.guard.quarantined("Jobs")
    told.fail(BaseExceptionGroup("tasks", [ValueError(), Overran()]))
    assert told.guard.quarantined("Jobs")
    assert told.lines[-1] == "the domain Jobs kept the host waiting 3 times: it is switched off"
    assert told.guard.call("Jobs", lambda: 1) is None
    assert told.guard.call("Others", lambda: 1) == 1


def test_failures_that_do_not_block_switch_nothing_off(told: Told) -> None:
    told.fail(ValueError("no"), times=100)
    assert not told.guard.quarantined("Jobs")


def test_a_traceback_is_logged_with_its_text(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    told.guard.log("the command failed", ValueError("no"))
    [record] = caplog.records
    assert (record.name, record.levelno) == ("tapscope", logging.ERROR)
    assert "ValueError: no" in caplog.text
