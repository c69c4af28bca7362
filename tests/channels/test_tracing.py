"""What Node's tests pin about a tracing channel (TC-01 to TC-16)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gc
from collections.abc import Awaitable, Callable, Generator
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
import trio

from tapscope.channels import (
    ChannelError,
    TraceContext,
    TraceHandlers,
    channel,
    suppress,
    tracing_channel,
)

from .tracing import AWAITED, AWAITED_FAILED, SYNC, SYNC_FAILED, Tape, listening

EVENTS = ("start", "end", "async_start", "async_end", "error")
FutureOfThreads = concurrent.futures.Future[Any]
BROKEN = ValueError("broken")

stored: ContextVar[Any] = ContextVar("stored", default="nothing")


async def give(value: object) -> object:
    await asyncio.sleep(0)
    return value


async def fail() -> object:
    await asyncio.sleep(0)
    raise BROKEN


def itself(value: object) -> object:
    return value


def del_of(forgotten: object) -> None:
    """Let go of the last reference."""
    del forgotten
    gc.collect()


def run_asyncio(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await work()

    return asyncio.run(main())


@pytest.fixture
def tape(name: str) -> Tape:
    return listening(name)


class TestMaking:
    def test_a_name_gives_five_channels(self, name: str) -> None:
        """TC-01: and the same object every time."""
        trace = tracing_channel(name)
        assert [getattr(trace, event).name for event in EVENTS] == [
            f"tracing.{name}.{event}" for event in EVENTS
        ]
        assert tracing_channel(name) is trace

    def test_five_channels_do_as_well(self, name: str) -> None:
        """TC-01."""
        channels = {event: channel(f"{name}.{event}") for event in EVENTS}
        trace = tracing_channel(channels)
        assert trace.start is channels["start"]
        assert trace.error is channels["error"]

    @pytest.mark.parametrize("bad", [0, None, ["start"]])
    def test_anything_else_is_refused_by_name(self, bad: Any) -> None:
        """TC-01."""
        with pytest.raises(ChannelError, match=r"^name_or_channels must be"):
            tracing_channel(bad)

    @pytest.mark.parametrize("bad", [{}, {"start": ""}])
    def test_a_missing_channel_is_named(self, bad: Any) -> None:
        """TC-01."""
        with pytest.raises(ChannelError, match=r"^name_or_channels\.start must be a channel"):
            tracing_channel(bad)


class TestSubscribing:
    @pytest.mark.parametrize("event", EVENTS)
    def test_any_of_the_five_makes_it_active(self, name: str, event: str) -> None:
        """TC-15: subscribed to the trace or to the channel itself."""
        trace = tracing_channel(name)
        handlers = TraceHandlers(**{event: print})
        with trace.subscribe(handlers):
            assert trace.has_subscribers
        assert not trace.has_subscribers
        with getattr(trace, event).subscribe(print):
            assert trace.has_subscribers
        assert not trace.has_subscribers

    def test_unsubscribing_tells_whether_all_were_found(self, name: str) -> None:
        """TC-15, A1."""
        trace = tracing_channel(name)
        handlers = TraceHandlers(start=print, error=max)
        trace.subscribe(handlers)
        assert trace.unsubscribe(handlers)
        trace.subscribe(TraceHandlers(start=print))
        assert not trace.unsubscribe(handlers)
        assert not trace.has_subscribers

    def test_closing_covers_all_handlers_and_counts_once(self, tape: Tape) -> None:
        """DC-11 for a tracing channel."""
        second = tape.listen()
        second.close()
        second.close()
        assert tape.trace.start.subscriber_count == 1
        assert tape.trace.error.subscriber_count == 1


class TestSync:
    def test_start_and_end_share_the_context(self, tape: Tape) -> None:
        """TC-02: by identity; the arguments go in, the result comes back and is noted."""
        context = TraceContext()

        def add(first: int, *, second: int) -> int:
            assert context.result is None
            return first + second

        assert tape.trace.trace_sync(add, context, 1, second=2) == 3
        assert tape.order == SYNC
        assert tape.context is context
        assert context.result == 3

    def test_an_error_comes_before_the_end(self, tape: Tape) -> None:
        """TC-03: and is raised again as it is."""

        def broken() -> None:
            raise BROKEN

        with pytest.raises(ValueError, match="broken") as raised:
            tape.trace.trace_sync(broken)
        assert raised.value is BROKEN
        assert tape.order == SYNC_FAILED
        assert tape.context.error is BROKEN

    def test_who_comes_after_the_start_hears_nothing(self, name: str) -> None:
        """TC-04: the whole of a trace, or nothing."""
        tape = Tape(tracing_channel(name))
        tape.trace.trace_sync(tape.listen)
        assert tape.order == []

    def test_stores_of_start_are_set_inside(self, tape: Tape) -> None:
        """TC-05."""
        tape.trace.start.bind_store(stored, lambda context: context.name)
        assert tape.trace.trace_sync(stored.get, SimpleNamespace(name="query")) == "query"
        assert stored.get() == "nothing"

    def test_any_object_can_be_the_context(self, tape: Tape) -> None:
        @attrs.define
        class Query(TraceContext):
            statement: str = ""

        for context in (SimpleNamespace(), Query(statement="select 1")):
            tape.trace.trace_sync(lambda: 5, context)
            assert context.result == 5

    @pytest.mark.parametrize("context", [object(), 3, "text", (1, 2)])
    def test_a_context_that_takes_no_attributes_hurts_nobody(
        self, tape: Tape, context: object
    ) -> None:
        assert tape.trace.trace_sync(lambda: 5, context) == 5
        assert tape.order == SYNC
        assert tape.contexts == [context, context]

    def test_a_suppressed_trace_is_not_heard(self, tape: Tape) -> None:
        with suppress():
            assert tape.trace.trace_sync(lambda: 5) == 5
        assert tape.order == []


class TestAsync:
    def test_the_outcome_comes_after_the_end(self, tape: Tape) -> None:
        """TC-06: the result is set in the later two."""
        results: list[object] = []

        def keep(context: TraceContext, _: str) -> None:
            results.append(context.result)

        tape.trace.subscribe(TraceHandlers(start=keep, end=keep, async_start=keep, async_end=keep))
        assert run_asyncio(lambda: tape.trace.trace_async(give, None, 7)) == 7
        assert tape.order == AWAITED
        assert results == [None, None, 7, 7]
        assert tape.context.result == 7

    def test_a_coroutine_starts_when_it_is_awaited(self, tape: Tape) -> None:
        """B2: not when it is made."""

        async def main() -> None:
            waiting = tape.trace.trace_async(give, None, 1)
            assert tape.order == []
            await waiting
            assert tape.order == AWAITED

        asyncio.run(main())

    def test_end_comes_when_it_first_waits(self, tape: Tape) -> None:
        """B2: what Node's function does before it returns its promise."""

        async def steps() -> None:
            tape.order.append("before")
            await asyncio.sleep(0)
            tape.order.append("after")

        run_asyncio(lambda: tape.trace.trace_async(steps))
        assert tape.order == ["start", "before", "end", "after", "async_start", "async_end"]

    def test_one_that_never_waits_has_the_same_events(self, tape: Tape) -> None:
        async def at_once() -> int:
            return 1

        assert run_asyncio(lambda: tape.trace.trace_async(at_once)) == 1
        assert tape.order == AWAITED

    def test_an_error_comes_before_the_outcome(self, tape: Tape) -> None:
        """TC-07: and whoever awaits gets that very one."""
        with pytest.raises(ValueError, match="broken") as raised:
            run_asyncio(lambda: tape.trace.trace_async(fail))
        assert raised.value is BROKEN
        assert tape.order == AWAITED_FAILED
        assert tape.context.error is BROKEN
        assert tape.context.result is None

    def test_who_comes_after_the_start_hears_nothing(self, name: str) -> None:
        """TC-08."""
        tape = Tape(tracing_channel(name))

        async def late() -> None:
            await asyncio.sleep(0)
            tape.listen()

        run_asyncio(lambda: tape.trace.trace_async(late))
        assert tape.order == []

    def test_stores_of_start_last_through_the_waits(self, tape: Tape) -> None:
        """TC-09: those of async_start are not set, and nothing leaks to who awaits."""
        tape.trace.start.bind_store(stored, lambda _: "start")
        tape.trace.async_start.bind_store(stored, lambda _: "async_start")

        async def look() -> list[Any]:
            seen = [stored.get()]
            await asyncio.sleep(0)
            return [*seen, stored.get()]

        async def main() -> None:
            assert await tape.trace.trace_async(look) == ["start", "start"]
            assert stored.get() == "nothing"

        asyncio.run(main())

    def test_an_error_that_nobody_looks_at_is_still_told_by_the_loop(self, tape: Tape) -> None:
        """TC-10: tracing a future does not count as looking at it."""
        told: list[dict[str, Any]] = []

        async def main() -> None:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: told.append(context))
            tape.trace.trace_async(loop.create_task, None, fail())
            await asyncio.sleep(0.01)
            gc.collect()

        asyncio.run(main())
        assert [context["exception"] for context in told] == [BROKEN]
        assert tape.order == AWAITED_FAILED

    def test_a_coroutine_that_nobody_awaits_is_still_told_by_python(self, tape: Tape) -> None:
        """TC-10."""

        async def forgotten() -> None:
            pass

        with pytest.warns(RuntimeWarning, match="forgotten.* was never awaited"):
            del_of(tape.trace.trace_async(forgotten))
        assert tape.order == []

    @pytest.mark.parametrize("kind", ["asyncio", "threads"])
    def test_a_future_is_handed_on_as_it_is(self, tape: Tape, kind: str) -> None:
        """TC-16."""

        async def main() -> None:
            loop = asyncio.get_running_loop()
            future: Any = loop.create_future() if kind == "asyncio" else FutureOfThreads()
            assert tape.trace.trace_async(lambda: future) is future
            assert tape.order == SYNC
            future.set_result(7)
            await asyncio.sleep(0)
            assert tape.order == AWAITED
            assert tape.context.result == 7

        asyncio.run(main())

    def test_a_future_can_be_traced_itself(self, tape: Tape) -> None:
        async def main() -> None:
            future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.set_result, 7)
            assert await tape.trace.trace_async(future) == 7

        asyncio.run(main())
        assert tape.order == AWAITED

    def test_another_awaitable_is_traced_as_a_coroutine(self, tape: Tape) -> None:
        """TC-16: with the stores of start set while it runs."""

        class Awaitable7:
            def __await__(self) -> Generator[Any, Any, tuple[int, Any]]:
                yield from asyncio.sleep(0).__await__()
                return 7, stored.get()

        tape.trace.start.bind_store(stored, lambda _: "start")
        assert run_asyncio(lambda: tape.trace.trace_async(Awaitable7)) == (7, "start")
        assert tape.order == AWAITED
        assert stored.get() == "nothing"

    def test_what_can_not_be_awaited_is_handed_on_with_a_warning(
        self, tape: Tape, caplog: pytest.LogCaptureFixture
    ) -> None:
        """TC-16: start and end alone."""
        assert tape.trace.trace_async(lambda: 7) == 7
        assert tape.order == SYNC
        assert "can't be awaited" in caplog.text

    def test_an_error_of_the_call_itself_has_no_outcome(self, tape: Tape) -> None:
        """B2."""

        def broken() -> Awaitable[None]:
            raise BROKEN

        with pytest.raises(ValueError, match="broken"):
            tape.trace.trace_async(broken)
        assert tape.order == SYNC_FAILED

    def test_being_cancelled_by_asyncio_is_an_error(self, tape: Tape) -> None:
        """With the very exception, which goes on untouched."""
        seen: list[BaseException] = []

        async def wait() -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError as error:
                seen.append(error)
                raise

        async def main() -> None:
            task = asyncio.ensure_future(tape.trace.trace_async(wait))
            await asyncio.sleep(0)
            task.cancel("enough")
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(main())
        assert tape.order == AWAITED_FAILED
        assert tape.context.error is seen[0]

    def test_being_cancelled_by_trio_is_an_error(self, tape: Tape) -> None:
        """With the very exception; trio's own accounting is not disturbed."""
        seen: list[BaseException] = []

        async def wait() -> None:
            try:
                await trio.sleep_forever()
            except trio.Cancelled as error:
                seen.append(error)
                raise

        async def main() -> None:
            with trio.CancelScope() as scope:
                scope.cancel()
                await tape.trace.trace_async(wait)
            assert scope.cancelled_caught

        trio.run(main)
        assert tape.order == AWAITED_FAILED
        assert tape.context.error is seen[0]

    def test_under_trio_it_is_the_same(self, tape: Tape) -> None:
        async def work() -> int:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep, 0)
            await trio.sleep(0.001)
            return 7

        async def main() -> int:
            return await tape.trace.trace_async(work)

        assert trio.run(main) == 7
        assert tape.order == AWAITED

    def test_the_error_of_a_future_that_is_cancelled_is_that(self, tape: Tape) -> None:
        async def main() -> None:
            future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            tape.trace.trace_async(lambda: future)
            future.cancel()
            await asyncio.sleep(0)

        asyncio.run(main())
        assert isinstance(tape.context.error, asyncio.CancelledError)

    def test_what_is_thrown_in_has_no_false_context(self, tape: Tape) -> None:
        """An error raised long after one was handled does not claim to come from it."""

        async def recover() -> None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            raise LookupError

        async def main() -> None:
            task = asyncio.ensure_future(tape.trace.trace_async(recover))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(LookupError) as raised:
                await task
            assert raised.value.__context__ is None

        asyncio.run(main())


class TestCallback:
    def test_the_callback_lies_between_start_and_end_of_the_outcome(self, tape: Tape) -> None:
        """TC-11: its arguments and result go through."""

        def later(value: int, callback: Callable[..., Any]) -> Callable[[], Any]:
            return lambda: callback(None, value)

        def called(error: object, value: int) -> str:
            tape.order.append("callback")
            return f"{error} {value}"

        call = tape.trace.trace_callback(later, -1, None, 7, called)
        assert tape.order == SYNC
        assert call() == "None 7"
        assert tape.order == [*SYNC, "async_start", "callback", "async_end"]
        assert tape.context.result == 7

    def test_the_callback_may_have_a_place_or_a_keyword(self, tape: Tape) -> None:
        def call(first: Any, second: Any = None) -> Any:
            return (first if callable(first) else second)(5)

        assert tape.trace.trace_callback(call, 0, None, itself) == 5
        assert tape.trace.trace_callback(call, "second", None, 0, second=itself) == 5
        assert tape.order.count("async_end") == 2

    @pytest.mark.parametrize(
        ("position", "arguments"), [(-1, ()), (0, (3,)), (5, (print,)), ("done", (print,))]
    )
    def test_what_is_no_callback_is_refused(
        self, tape: Tape, position: int | str, arguments: tuple[Any, ...]
    ) -> None:
        """TC-11."""
        with pytest.raises(ChannelError, match=r"^callback at"):
            tape.trace.trace_callback(print, position, None, *arguments)
        assert tape.order == []

    def test_an_error_given_to_the_callback_is_an_error(self, tape: Tape) -> None:
        """TC-12: before the outcome, and without a result."""

        def call(done: Callable[[Exception], object]) -> None:
            done(BROKEN)

        tape.trace.trace_callback(call, -1, None, itself)
        assert tape.order == ["start", "error", "async_start", "async_end", "end"]
        assert (tape.context.error, tape.context.result) == (BROKEN, None)

    def test_an_error_of_the_call_itself_has_no_outcome(self, tape: Tape) -> None:
        """B2."""

        def broken(_: object) -> None:
            raise BROKEN

        with pytest.raises(ValueError, match="broken"):
            tape.trace.trace_callback(broken, -1, None, print)
        assert tape.order == SYNC_FAILED

    def test_who_comes_after_the_start_hears_nothing(self, name: str) -> None:
        """TC-13."""
        tape = Tape(tracing_channel(name))

        def call(done: Callable[[], None]) -> None:
            tape.listen()
            done()

        tape.trace.trace_callback(call, -1, None, lambda: None)
        assert tape.order == []

    def test_each_part_has_the_stores_of_its_start(self, tape: Tape) -> None:
        """TC-14."""
        tape.trace.start.bind_store(stored, lambda _: "start")
        tape.trace.async_start.bind_store(stored, lambda _: "async_start")
        calls: list[Callable[[], Any]] = []

        def keep(done: Callable[[], Any]) -> Any:
            calls.append(done)
            return stored.get()

        assert tape.trace.trace_callback(keep, -1, None, stored.get) == "start"
        assert stored.get() == "nothing"
        assert calls[0]() == "async_start"
        assert stored.get() == "nothing"
