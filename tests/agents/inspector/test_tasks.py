"""Async commands run beside each other, and what one of them does harms no other."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import NoReturn

import attrs
import pytest
import trio
from trio.testing import MockClock, trio_test

from tapscope.agents.host.api.guard import COMMAND, Guard
from tapscope.agents.host.inspector import tasks as module
from tapscope.agents.host.inspector.tasks import Steps, Tasks
from tapscope.agents.host.protocol.errors import CommandError


@asynccontextmanager
async def running() -> AsyncGenerator[Tasks, None]:
    async with trio.open_nursery() as nursery:
        yield Tasks(nursery)
        nursery.cancel_scope.cancel()


def never() -> None:
    pytest.fail("it was not late")


@trio_test
async def test_commands_run_beside_each_other() -> None:
    here, there = trio.Event(), trio.Event()

    async def one() -> None:
        here.set()
        await there.wait()

    async def two() -> None:
        await here.wait()
        there.set()

    async with running() as tasks:
        tasks.start(one, 60, never)
        tasks.start(two, 60, never)
        await there.wait()


@pytest.mark.parametrize(
    "error", [ValueError(), SystemExit(), KeyboardInterrupt(), GeneratorExit()], ids=repr
)
def test_what_one_raises_reaches_nobody(error: BaseException) -> None:
    async def fail() -> NoReturn:
        await trio.lowlevel.checkpoint()
        raise error

    async def fail_below() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail)

    async def main() -> None:
        async with running() as tasks:
            for work in (fail, fail_below):
                tasks.start(work, 60, never)
            await trio.testing.wait_all_tasks_blocked()
            done = trio.Event()
            tasks.start(as_work(done.set), 60, never)
            await done.wait()

    trio.run(main)


def as_work(call: Callable[[], object]) -> Callable[[], Awaitable[object]]:
    async def work() -> None:
        call()
        await trio.lowlevel.checkpoint()

    return work


@trio_test
async def test_one_that_is_cancelled_is_told_so_and_can_clean_up() -> None:
    heard: list[str] = []
    over = trio.Event()

    async def work() -> None:
        try:
            await trio.sleep_forever()
        finally:
            heard.append("cancelled")
            over.set()

    async with running() as tasks:
        cancel = tasks.start(work, 60, never)
        await trio.testing.wait_all_tasks_blocked()
        cancel()
        cancel()
        await over.wait()
    assert heard == ["cancelled"]


@trio_test
async def test_one_that_is_cancelled_before_it_began_never_begins_to_wait() -> None:
    async def work() -> None:
        await trio.lowlevel.checkpoint()
        pytest.fail("it went on")

    async with running() as tasks:
        tasks.start(work, 60, never)()
        await trio.testing.wait_all_tasks_blocked()


@trio_test
async def test_at_the_deadline_it_is_late_and_cancelled(mock_clock: MockClock) -> None:
    del mock_clock
    late, over = trio.Event(), trio.Event()

    async def work() -> None:
        try:
            await trio.sleep_forever()
        finally:
            over.set()

    async with running() as tasks:
        tasks.start(work, 5, late.set)
        began = trio.current_time()
        await late.wait()
        await over.wait()
        assert trio.current_time() - began == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize("shielded", [True, False])
def test_one_that_ignores_its_deadline_is_late_all_the_same(shielded: bool) -> None:  # noqa: FBT001
    end = False

    async def work() -> None:
        while not end:
            with trio.CancelScope(shield=shielded), suppress(trio.Cancelled):
                await trio.sleep(0.001)

    async def main() -> None:
        nonlocal end
        late = trio.Event()
        async with running() as tasks:
            tasks.start(work, 0.01, late.set)
            await late.wait()
            end = True

    trio.run(main)


@trio_test
async def test_one_that_ends_in_time_is_never_late(mock_clock: MockClock) -> None:
    del mock_clock
    async with running() as tasks:
        tasks.start(as_work(int), 5, never)
        await trio.sleep(10)


@trio_test
async def test_a_wait_ends_when_any_thread_says_so() -> None:
    ended: list[str] = []

    def begin(done: Callable[[], object]) -> Callable[[], object]:
        threading.Thread(target=done).start()
        return lambda: ended.append("ended")

    await Tasks.wait(begin)
    assert ended == ["ended"]


@trio_test
async def test_a_wait_that_is_cancelled_is_ended() -> None:
    ended: list[str] = []
    with trio.move_on_after(0.01):
        await Tasks.wait(lambda _: lambda: ended.append("ended"))
    assert ended == ["ended"]


def test_what_a_thread_says_after_the_loop_is_over_is_not_heard() -> None:
    heard: list[Callable[[], object]] = []

    def begin(done: Callable[[], object]) -> Callable[[], object]:
        heard.append(done)
        done()
        return int

    trio.run(Tasks.wait, begin)
    heard[0]()


@trio_test
async def test_so_many_may_run_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TASKS", 10)
    cancels: list[Callable[[], object]] = []
    async with running() as tasks:
        with pytest.raises(CommandError, match="too much is running"):  # noqa: PT012
            while True:
                cancels.append(tasks.start(trio.sleep_forever, 60, never))
        for cancel in cancels:
            cancel()
    assert 0 < len(cancels) < 10


_asked: ContextVar[str] = ContextVar("asked")


@trio_test
async def test_a_command_has_the_context_of_who_asked() -> None:
    seen: list[str] = []
    _asked.set("by me")
    async with running() as tasks:
        tasks.start(as_work(lambda: seen.append(_asked.get())), 60, never)
        await trio.testing.wait_all_tasks_blocked()
    assert seen == ["by me"]


@attrs.define
class Watch:
    """Counts the steps that were to be watched, and knows whether one is."""

    watching: int = 0
    limits: set[float] = attrs.field(factory=set[float])

    def enter(self, seconds: float) -> object:
        self.watching += 1
        self.limits.add(seconds)
        return None

    def leave(self, outer: object) -> None:
        assert outer is None
        self.watching -= 1


def test_each_step_of_a_command_and_of_its_tasks_is_watched_and_no_other() -> None:
    watch = Watch()
    guard = Guard(lambda _: None)
    guard.watch = watch
    seen: list[int] = []

    async def see() -> None:
        seen.append(watch.watching)
        await trio.lowlevel.checkpoint()
        seen.append(watch.watching)

    async def command() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(see)

    async def main() -> None:
        async with running() as tasks:
            tasks.start(command, 60, never)
            await trio.testing.wait_all_tasks_blocked()
            assert watch.watching == 0

    trio.run(main, instruments=[Steps(guard)])
    assert seen == [1, 1]
    assert watch.limits == {COMMAND}
