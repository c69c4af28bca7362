"""Code of a domain that keeps the host waiting is interrupted, and no other."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tapscope.agents.host.api.guard import Guard, Overran
from tapscope.agents.host.inspector.alarm import Alarm

FOREVER = 3600.0
MOMENT = 0.1


@pytest.fixture
def guard() -> Iterator[Guard]:
    """One that is watched over by the process's timer."""
    before = signal.getsignal(signal.SIGALRM)
    alarm = Alarm()
    guard = Guard(lambda _: None)
    guard.watch = alarm
    yield guard
    alarm.stop()
    signal.signal(signal.SIGALRM, before)


def sleep() -> None:
    time.sleep(FOREVER)


def spin() -> None:
    while True:
        pass


def wait() -> None:
    threading.Event().wait()


def swallow() -> None:
    while True:
        try:
            time.sleep(FOREVER)
        except BaseException:
            _heard.append("nothing")


def swallow_silently() -> None:
    while True:
        try:
            time.sleep(FOREVER)
        except BaseException:
            continue


def swallow_twice() -> None:
    while True:
        try:
            try:
                time.sleep(FOREVER)
            except BaseException:
                sleep()
        except BaseException:
            continue


def swallow_in_the_end() -> None:
    while True:
        try:
            time.sleep(FOREVER)
        finally:
            continue  # noqa: B012  # that is what is wrong with it


def spin_in_vain() -> None:
    while True:
        try:
            spin()
        except BaseException:
            continue


_heard: list[str] = []


@pytest.mark.parametrize(
    "function",
    [sleep, spin, wait, swallow, swallow_silently, swallow_twice, swallow_in_the_end, spin_in_vain],
)
def test_who_blocks_is_interrupted(guard: Guard, function: Callable[[], None]) -> None:
    with pytest.raises(Overran):
        guard.run(MOMENT, function)


def test_who_is_quick_enough_is_not(guard: Guard) -> None:
    ends = time.monotonic() + 0.5
    while time.monotonic() < ends:
        assert guard.run(MOMENT, lambda: 1) == 1


def working_as(module: str, seconds: float = 0.3) -> Callable[[], int]:
    """Make a function of *module* that is busy for longer than it may."""
    namespace = {"__name__": module, "monotonic": time.monotonic, "wait": threading.Event().wait}
    text = f"""
def work():
    ends = monotonic() + {seconds}
    while monotonic() < ends:
        wait(0.01)
    return 1
"""
    exec(compile(text, f"{module}.py", "exec"), namespace)
    work: Callable[[], int] = namespace["work"]  # type: ignore[assignment]
    return work


@pytest.mark.parametrize(
    "module", ["trio._core._run", "outcome._impl", "tapscope.agents.host.api.target"]
)
def test_neither_the_loop_nor_the_host_itself_is_interrupted(guard: Guard, module: str) -> None:
    assert guard.run(MOMENT, working_as(module)) == 1


@pytest.mark.parametrize("module", ["tapscope.agents.host.domains.network", "acme.jobs"])
def test_domains_are_also_those_of_tapscope(guard: Guard, module: str) -> None:
    with pytest.raises(Overran):
        guard.run(MOMENT, working_as(module, FOREVER))


def test_long_work_in_c_is_no_blocking(guard: Guard) -> None:
    assert guard.run(MOMENT, lambda: sum(range(20_000_000))) > 0


def test_a_call_is_not_to_blame_for_one_inside_of_it(guard: Guard) -> None:
    def outer() -> str:
        guard.call("Jobs", sleep)
        return "done"

    assert guard.run(0.3, outer) == "done"


def test_a_call_goes_on_with_its_time_after_one_inside_of_it(guard: Guard) -> None:
    def outer() -> None:
        guard.call("Jobs", lambda: None)
        sleep()

    with pytest.raises(Overran):
        guard.run(MOMENT, outer)


def test_another_thread_may_take_its_time(guard: Guard) -> None:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(guard.run(MOMENT, working_as("acme"))))
    thread.start()
    thread.join()
    assert results == [1]


def test_the_timer_rests_when_nobody_is_watched(guard: Guard) -> None:
    guard.run(MOMENT, lambda: 1)
    deadline = time.monotonic() + 30
    while signal.getitimer(signal.ITIMER_REAL)[0]:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(Overran):
        guard.run(MOMENT, sleep)
