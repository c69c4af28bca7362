"""A thread with a loop, for hosts that have none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import trio

from tapscope.agents.host.inspector.thread import LoopThread

SOON = 30.0


@pytest.fixture
def lock() -> threading.RLock:
    return threading.RLock()


@pytest.fixture
def thread(lock: threading.RLock) -> Iterator[LoopThread]:
    thread = LoopThread(lock)
    yield thread
    thread.close()


def never() -> None:
    pytest.fail("it was not late")


def test_commands_of_many_threads_run_in_the_one(thread: LoopThread) -> None:
    seen: set[int] = set()
    left = threading.Semaphore(0)

    async def work() -> None:
        await trio.lowlevel.checkpoint()
        seen.add(threading.get_ident())
        left.release()

    starters = [
        threading.Thread(target=lambda: [thread.start(work, SOON, never) for _ in range(20)])
        for _ in range(5)
    ]
    for starter in starters:
        starter.start()
    for _ in range(100):
        assert left.acquire(timeout=SOON)
    for starter in starters:
        starter.join()
    assert len(seen) == 1
    assert threading.get_ident() not in seen


def test_each_step_holds_the_lock_and_no_wait_does(
    thread: LoopThread, lock: threading.RLock
) -> None:
    begun, over = threading.Event(), threading.Event()
    go_on = threading.Event()

    async def work() -> None:
        begun.set()
        while not go_on.is_set():  # noqa: ASYNC110  # another thread sets it
            await trio.sleep(0.001)
        over.set()

    with lock:
        thread.start(work, SOON, never)
        assert not begun.wait(0.05)
    assert begun.wait(SOON)
    with lock:
        go_on.set()
        assert not over.wait(0.05)
    assert over.wait(SOON)


def test_any_thread_may_cancel(thread: LoopThread) -> None:
    begun, over = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await trio.sleep_forever()
        finally:
            over.set()

    cancel = thread.start(work, SOON, never)
    assert begun.wait(SOON)
    cancel()
    assert over.wait(SOON)
    cancel()


def test_a_command_can_wait_for_another_thread(thread: LoopThread) -> None:
    over = threading.Event()

    def begin(done: Callable[[], object]) -> Callable[[], object]:
        threading.Thread(target=done).start()
        return int

    async def work() -> None:
        await thread.wait(begin)
        over.set()

    thread.start(work, SOON, never)
    assert over.wait(SOON)


def test_a_command_that_takes_too_long_is_late(thread: LoopThread) -> None:
    late = threading.Event()
    thread.start(trio.sleep_forever, 0.01, late.set)
    assert late.wait(SOON)


def test_closing_ends_the_thread(lock: threading.RLock) -> None:
    before = set(threading.enumerate())
    thread = LoopThread(lock)
    thread.start(trio.lowlevel.checkpoint, SOON, never)
    thread.close()
    assert set(threading.enumerate()) <= before
    thread.close()


def test_closing_leaves_a_command_behind_that_does_not_end(lock: threading.RLock) -> None:
    thread, begun, end = LoopThread(lock), threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        with trio.CancelScope(shield=True):
            while not end.is_set():  # noqa: ASYNC110  # another thread sets it
                await trio.sleep(0.001)

    thread.start(work, SOON, int)
    assert begun.wait(SOON)
    thread.close(0.01)
    end.set()
    deadline = time.monotonic() + SOON
    while any(known.name == "tapscope commands" for known in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.001)
