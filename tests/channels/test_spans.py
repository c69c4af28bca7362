"""Tracing what is no function: blocks, and iterators of both kinds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest
import trio

from tapscope.channels import tracing_channel

from .tracing import AWAITED, AWAITED_FAILED, SYNC, SYNC_FAILED, Tape, listening

BROKEN = ValueError("broken")

stored: ContextVar[Any] = ContextVar("stored", default="nothing")


@pytest.fixture
def tape(name: str) -> Tape:
    return listening(name)


class TestSpan:
    def test_a_block_lies_between_start_and_end(self, tape: Tape) -> None:
        with tape.trace.span() as context:
            tape.order.append("block")
            context.result = 7
        assert tape.order == ["start", "block", "end"]
        assert tape.context is context

    def test_the_callers_context_is_the_blocks(self, tape: Tape) -> None:
        mine = SimpleNamespace()
        with tape.trace.span(mine) as context:
            assert context is mine
        assert tape.contexts == [mine, mine]

    def test_what_a_block_raises_is_an_error_and_passes(self, tape: Tape) -> None:
        with pytest.raises(ValueError, match="broken") as raised, tape.trace.span():
            raise BROKEN
        assert raised.value is BROKEN
        assert tape.order == SYNC_FAILED
        assert tape.context.error is BROKEN

    def test_stores_of_start_are_set_inside(self, tape: Tape) -> None:
        tape.trace.start.bind_store(stored, lambda _: "start")
        with tape.trace.span():
            assert stored.get() == "start"
        assert stored.get() == "nothing"

    def test_an_asynchronous_block_has_the_events_of_what_is_awaited(self, tape: Tape) -> None:
        async def main() -> None:
            async with tape.trace.span() as context:
                tape.order.append("block")
                await trio.lowlevel.checkpoint()
                context.result = 7

        trio.run(main)
        assert tape.order == ["start", "end", "block", "async_start", "async_end"]
        assert tape.context.result == 7

    def test_an_asynchronous_block_that_is_cancelled_has_failed(self, tape: Tape) -> None:
        async def main() -> None:
            with trio.move_on_after(0):
                async with tape.trace.span():
                    await trio.sleep_forever()

        trio.run(main)
        assert tape.order == AWAITED_FAILED
        assert isinstance(tape.context.error, trio.Cancelled)

    def test_a_block_that_nobody_hears_may_set_what_it_likes(self, name: str) -> None:
        """And lets errors pass; nothing of it is kept."""
        trace = tracing_channel(name)
        with trace.span() as context:
            context.result = 7
            context.rows = 3
        assert context.result is None

        async def main() -> None:
            async with trace.span() as context:
                context.result = 7

        asyncio.run(main())
        with pytest.raises(ValueError, match="broken"), trace.span():
            raise BROKEN


def count(to: int) -> Generator[int, str, str]:
    sent: list[str] = []
    for number in range(to):
        sent.append((yield number))  # noqa: PERF401  # a comprehension can't yield
    return " ".join(sent)


class TestIterator:
    def test_an_iteration_lies_between_its_first_item_and_its_end(self, tape: Tape) -> None:
        running = tape.trace.trace_iterator(count, None, 2)
        assert tape.order == []
        assert next(running) == 0
        assert tape.order == ["start"]
        assert running.send("a") == 1
        with pytest.raises(StopIteration) as stop:
            running.send("b")
        assert stop.value.value == "a b"
        assert tape.order == SYNC
        assert tape.context.result == "a b"

    @pytest.mark.parametrize("iterable", [[1, 2], range(1, 3), iter([1, 2])])
    def test_anything_iterable_will_do(self, tape: Tape, iterable: Iterable[int]) -> None:
        assert list(tape.trace.trace_iterator(iterable)) == [1, 2]
        assert tape.order == SYNC

    def test_what_it_raises_is_an_error(self, tape: Tape) -> None:
        def broken() -> Generator[int]:
            yield 1
            raise BROKEN

        with pytest.raises(ValueError, match="broken"):
            list(tape.trace.trace_iterator(broken))
        assert tape.order == SYNC_FAILED

    def test_what_is_thrown_in_reaches_the_generator(self, tape: Tape) -> None:
        def recovering() -> Generator[str]:
            try:
                yield "first"
            except ValueError as error:
                yield f"got {error}"

        running = tape.trace.trace_iterator(recovering)
        next(running)
        assert running.throw(BROKEN) == "got broken"
        assert list(running) == []
        assert tape.order == SYNC

    def test_closing_it_early_is_no_error(self, tape: Tape) -> None:
        closed: list[bool] = []

        def endless() -> Generator[int]:
            try:
                while True:
                    yield 1
            finally:
                closed.append(True)

        running = tape.trace.trace_iterator(endless)
        next(running)
        running.close()
        assert closed
        assert tape.order == SYNC

    def test_stores_are_set_while_it_runs_and_not_between(self, tape: Tape) -> None:
        """So nothing leaks to whoever asks for the items."""
        tape.trace.start.bind_store(stored, lambda _: "start")

        def look() -> Generator[Any]:
            while True:
                yield stored.get()

        running = tape.trace.trace_iterator(look)
        for _ in range(3):
            assert next(running) == "start"
            assert stored.get() == "nothing"
        running.close()
        assert stored.get() == "nothing"

    def test_one_that_nobody_hears_is_the_iteration_alone(self, name: str) -> None:
        tape = Tape(tracing_channel(name))
        running = tape.trace.trace_iterator(count, None, 2)
        next(running)
        tape.listen()
        assert running.send("a") == 1
        running.close()
        assert tape.order == []


async def acount(to: int) -> AsyncGenerator[int, str]:
    for number in range(to):
        await asyncio.sleep(0)
        sent = yield number
        if sent == "stop":
            return


class TestAsyncIterator:
    def test_end_comes_when_it_first_waits_and_the_outcome_with_the_last_item(
        self, tape: Tape
    ) -> None:
        async def main() -> None:
            running = tape.trace.trace_async_iterator(acount, None, 3)
            assert tape.order == []
            assert await anext(running) == 0
            assert tape.order == SYNC
            assert await running.asend("go on") == 1
            with pytest.raises(StopAsyncIteration):
                await running.asend("stop")
            assert tape.order == AWAITED

        asyncio.run(main())

    def test_anything_iterable_will_do(self, tape: Tape) -> None:
        class Two:
            def __init__(self) -> None:
                self.left = 2

            def __aiter__(self) -> AsyncIterator[int]:
                return self

            async def __anext__(self) -> int:
                if not self.left:
                    raise StopAsyncIteration
                self.left -= 1
                return self.left

        async def main() -> list[int]:
            return [item async for item in tape.trace.trace_async_iterator(Two())]

        assert asyncio.run(main()) == [1, 0]
        assert tape.order == AWAITED

    def test_what_it_raises_is_an_error(self, tape: Tape) -> None:
        async def broken() -> AsyncGenerator[int]:
            yield 1
            raise BROKEN

        async def main() -> None:
            with pytest.raises(ValueError, match="broken"):
                async for _ in tape.trace.trace_async_iterator(broken):
                    pass

        asyncio.run(main())
        assert tape.order == AWAITED_FAILED
        assert tape.context.error is BROKEN

    def test_what_is_thrown_in_reaches_the_generator(self, tape: Tape) -> None:
        async def recovering() -> AsyncGenerator[str]:
            try:
                yield "first"
            except ValueError as error:
                await asyncio.sleep(0)
                yield f"got {error}"

        async def main() -> None:
            running = tape.trace.trace_async_iterator(recovering)
            await anext(running)
            assert await running.athrow(BROKEN) == "got broken"
            assert [item async for item in running] == []

        asyncio.run(main())
        assert tape.order == AWAITED

    def test_closing_it_early_is_no_error(self, tape: Tape) -> None:
        closed: list[bool] = []

        async def endless() -> AsyncGenerator[int]:
            try:
                while True:
                    yield 1
            finally:
                await trio.lowlevel.checkpoint()
                closed.append(True)

        async def main() -> None:
            running = tape.trace.trace_async_iterator(endless)
            await anext(running)
            await running.aclose()

        trio.run(main)
        assert closed
        assert tape.order == AWAITED

    def test_stores_are_set_while_it_runs_and_not_between(self, tape: Tape) -> None:
        tape.trace.start.bind_store(stored, lambda _: "start")

        async def look() -> AsyncGenerator[Any]:
            while True:
                await asyncio.sleep(0)
                yield stored.get()

        async def main() -> None:
            running = tape.trace.trace_async_iterator(look)
            for _ in range(3):
                assert await anext(running) == "start"
                assert stored.get() == "nothing"
            await running.aclose()

        asyncio.run(main())

    def test_one_that_nobody_hears_is_the_iteration_alone(self, name: str) -> None:
        tape = Tape(tracing_channel(name))

        async def main() -> None:
            running = tape.trace.trace_async_iterator(acount, None, 2)
            assert await anext(running) == 0
            tape.listen()
            assert [item async for item in running] == [1]

        asyncio.run(main())
        assert tape.order == []
