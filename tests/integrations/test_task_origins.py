"""Where tasks and threads were started, while a front end wants to know it."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from traceback import StackSummary
from types import CodeType
from typing import Any

import pytest
import trio

from tapscope.channels import _origins, capture_stack
from tapscope.integrations import asyncio as asyncio_integration
from tapscope.integrations import threads as threads_integration
from tapscope.integrations import trio as trio_integration

Told = list[tuple[str, list[str]]]


@pytest.fixture
def _hooked() -> Iterator[None]:
    installs = (asyncio_integration, trio_integration, threads_integration)
    undos = [each.install() for each in installs]
    yield
    _origins.want_origins(0)
    for undo in undos:
        undo()


pytestmark = pytest.mark.usefixtures("_hooked")


def told() -> Told:
    """What the stack here says of its origins: what was called, and in which functions here."""
    stack = capture_stack()
    found: tuple[_origins.Origin, ...] = getattr(stack, "origins", ())
    return [(each.description, functions(each)) for each in found]


def functions(origin: _origins.Origin) -> list[str]:
    codes = [each for each in origin.stack if isinstance(each, CodeType)]
    return [
        each.co_name for each in codes if each.co_filename == __file__ and each.co_name[0] != "t"
    ]


async def leaf() -> Told:
    return told()


async def branch() -> Told:
    return await asyncio.create_task(leaf())


def by_group() -> Told:
    async def grouped() -> Told:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(leaf())
        return task.result()

    return asyncio.run(grouped())


def by_gather() -> Told:
    async def gathered() -> Told:
        [found] = await asyncio.gather(leaf())
        return found

    return asyncio.run(gathered())


def by_to_thread() -> Told:
    async def handed() -> Told:
        return await asyncio.to_thread(told)

    return asyncio.run(handed())


def by_nursery() -> Told:
    found = Told()

    async def child() -> None:
        found.extend(told())

    async def nursed() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)

    trio.run(nursed)
    return found


def by_thread() -> Told:
    found = Told()
    thread = threading.Thread(target=lambda: found.extend(told()))
    thread.start()
    thread.join()
    return found


def by_executor() -> Told:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(told).result()


def by_call_later() -> Told:
    async def delayed() -> Told:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Told] = loop.create_future()
        loop.call_later(0.001, lambda: found.set_result(told()))
        return await found

    return asyncio.run(delayed())


def by_call_at() -> Told:
    async def appointed() -> Told:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Told] = loop.create_future()
        loop.call_at(loop.time(), lambda: found.set_result(told()))
        return await found

    return asyncio.run(appointed())


def by_another_thread() -> Told:
    """The loop runs in a thread that was started as well, and has nothing to do with it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def handing() -> Told:
        return asyncio.run_coroutine_threadsafe(leaf(), loop).result()[1:]

    try:
        return handing()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


WAYS: list[tuple[Callable[[], Told], str, str]] = [
    (by_group, "asyncio.create_task", "grouped"),
    (by_gather, "asyncio.create_task", "gathered"),
    (by_to_thread, "executor.submit", "handed"),
    (by_nursery, "nursery.start_soon", "nursed"),
    (by_thread, "Thread.start", "by_thread"),
    (by_executor, "executor.submit", "by_executor"),
    (by_call_later, "loop.call_later", "delayed"),
    (by_call_at, "loop.call_at", "appointed"),
    (by_another_thread, "loop.call_soon_threadsafe", "handing"),
]


@pytest.mark.parametrize(("way", "description", "function"), WAYS)
def test_a_stack_says_where_its_work_was_started(
    way: Callable[[], Told], description: str, function: str
) -> None:
    _origins.want_origins(8)
    found = way()
    assert found[0][0] == description
    assert found[0][1][0] == function


@pytest.mark.parametrize("way", [way for way, _, _ in WAYS])
def test_unless_it_is_wanted_it_does_not(way: Callable[[], Told]) -> None:
    """And from when it is not wanted any more."""
    assert way() == []
    _origins.want_origins(8)
    _origins.want_origins(0)
    assert way() == []


@pytest.mark.parametrize("name", ["create_task", "call_later", "call_at", "call_soon_threadsafe"])
def test_unless_it_is_wanted_nothing_is_hooked(name: str) -> None:
    loop = asyncio.base_events.BaseEventLoop
    plain = getattr(loop, name)
    _origins.want_origins(8)
    assert getattr(loop, name) is not plain
    _origins.want_origins(0)
    assert getattr(loop, name) is plain


def test_a_timer_that_only_wakes_somebody_up_costs_no_stack() -> None:
    started: list[str] = []
    original = _origins.starting

    async def waiting() -> None:
        await asyncio.sleep(0.001)
        async with asyncio.timeout(60):
            await asyncio.to_thread(int)

    with pytest.MonkeyPatch.context() as patched:

        def starting(description: str, thread: int | None = None) -> _origins.Origins:
            started.append(description)
            return original(description, thread)

        patched.setattr(_origins, "starting", starting)
        _origins.want_origins(8)
        asyncio.run(waiting())
    assert not [each for each in started if each.startswith("loop.")]


def test_tasks_of_tasks_have_one_after_the_other() -> None:
    _origins.want_origins(8)

    async def stem() -> Told:
        return await asyncio.create_task(branch())

    found = asyncio.run(stem())
    assert [called[0] for _, called in found if called] == ["branch", "stem"]


@pytest.mark.parametrize("depth", [1, 3])
def test_tasks_that_start_tasks_forever_keep_no_more_than_is_wanted(depth: int) -> None:
    _origins.want_origins(depth)

    async def again(left: int) -> Told:
        return await asyncio.create_task(again(left - 1)) if left else told()

    assert len(asyncio.run(again(20))) == depth


def test_a_context_that_the_program_gives_is_left_as_it_is() -> None:
    _origins.want_origins(8)
    context = contextvars.Context()

    async def main() -> None:
        await asyncio.get_running_loop().create_task(leaf(), context=context)

    asyncio.run(main())
    assert list(context) == []


def test_debug_mode_says_of_a_task_what_it_says_without_us() -> None:
    async def created() -> list[str]:
        task = asyncio.create_task(leaf())
        await task
        return where_created(task)

    expected = asyncio.run(created(), debug=True)
    _origins.want_origins(8)
    assert asyncio.run(created(), debug=True) == expected


def test_debug_mode_says_of_a_timer_what_it_says_without_us() -> None:
    async def created() -> list[list[str]]:
        loop = asyncio.get_running_loop()
        handles = [loop.call_later(1, int), loop.call_at(1, int), loop.call_soon_threadsafe(int)]
        for each in handles:
            each.cancel()
        return [where_created(each) for each in handles]

    expected = asyncio.run(created(), debug=True)
    _origins.want_origins(8)
    assert asyncio.run(created(), debug=True) == expected


def test_what_a_loop_refuses_shows_no_frame_of_ours() -> None:
    _origins.want_origins(8)
    loop = asyncio.new_event_loop()
    loop.close()
    refused: list[Callable[[], object]] = [
        lambda: loop.call_soon_threadsafe(int),
        lambda: loop.call_later(1, int),
    ]
    for call in refused:
        with pytest.raises(RuntimeError) as raised:
            call()
        files = {Path(entry.path).name for entry in raised.traceback}
        assert files == {"test_task_origins.py", "base_events.py"}


def test_tasks_and_timers_of_uvloop_are_followed_too() -> None:
    """Its loop is none of asyncio's."""
    uvloop = pytest.importorskip("uvloop")
    undo = asyncio_integration.hook("uvloop")
    _origins.want_origins(8)

    async def delayed() -> Told:
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Told] = loop.create_future()
        loop.call_later(0.001, lambda: found.set_result(told()))
        return await asyncio.create_task(branch()) + await found

    found: Told = uvloop.run(delayed())
    assert [(name, called[:1]) for name, called in found] == [
        ("asyncio.create_task", ["branch"]),
        ("asyncio.create_task", ["delayed"]),
        ("loop.call_later", ["delayed"]),
    ]
    undo()


def where_created(started: asyncio.Task[Told] | asyncio.Handle) -> list[str]:
    found: StackSummary = vars_of(started)
    return [entry.name for entry in found]


def vars_of(started: Any) -> Any:
    return started._source_traceback  # noqa: SLF001
