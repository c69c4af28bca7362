"""One decorator for functions of any colour, which nothing but the events tells from them."""

from __future__ import annotations

import asyncio
import functools
import inspect
import traceback
from collections.abc import AsyncGenerator, Callable, Generator
from types import SimpleNamespace
from typing import Any

import pytest

from tapscope.channels import ChannelError, on_subscriber_error, tracing_channel

from .tracing import AWAITED, SYNC, SYNC_FAILED, Tape, listening

COLOURS: list[Callable[[Any], bool]] = [
    inspect.isfunction,
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
]


def colours(function: Any) -> list[bool]:
    return [colour(function) for colour in COLOURS]


def plain(
    first: int, /, second: int = 2, *rest: int, third: int, fourth: int = 4, **more: int
) -> Any:
    """Say what it got."""
    return first, second, rest, third, fourth, more


async def coroutine(value: int, *, times: int = 1) -> int:
    """Wait, and give it back."""
    for _ in range(times):
        await asyncio.sleep(0)
    return value


def generator(*values: int) -> Generator[int, Any, str]:
    """Give each."""
    yield from values
    return "done"


async def async_generator(*values: int) -> AsyncGenerator[int, Any]:
    """Give each, later."""
    for value in values:
        await asyncio.sleep(0)
        yield value


FUNCTIONS: list[Any] = [plain, coroutine, generator, async_generator]


@pytest.fixture
def tape(name: str) -> Tape:
    return listening(name)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_traced_function_looks_like_itself(name: str, function: Any) -> None:
    traced = tracing_channel(name).traced(function)
    assert inspect.signature(traced) == inspect.signature(function)
    assert inspect.get_annotations(traced) == inspect.get_annotations(function)
    assert colours(traced) == colours(function)
    for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
        assert getattr(traced, attribute) == getattr(function, attribute)
    assert traced.__wrapped__ is function


@pytest.mark.parametrize("heard", [False, True])
def test_every_kind_of_parameter_arrives(name: str, heard: bool) -> None:  # noqa: FBT001
    traced = listening(name).trace.traced(plain) if heard else tracing_channel(name).traced(plain)
    assert traced(1, third=3) == plain(1, third=3)
    assert traced(1, 5, 6, 7, third=3, fourth=8, fifth=9) == plain(
        1, 5, 6, 7, third=3, fourth=8, fifth=9
    )


@pytest.mark.parametrize("arguments", [(), (1,)])
def test_a_wrong_call_fails_as_it_would_untraced(tape: Tape, arguments: tuple[Any, ...]) -> None:
    """At once, in the same words, and without an event."""
    untyped: Any = plain
    with pytest.raises(TypeError) as wrong:
        untyped(*arguments)
    with pytest.raises(TypeError) as traced:
        tape.trace.traced(untyped)(*arguments)
    assert str(traced.value) == str(wrong.value)
    assert tape.order == []


def test_defaults_are_the_functions_own(name: str) -> None:
    kept: list[int] = []

    def collect(value: int, into: list[int] = kept) -> None:
        into.append(value)

    tracing_channel(name).traced(collect)(1)
    assert kept == [1]


def test_a_function_has_start_and_end(tape: Tape) -> None:
    assert tape.trace.traced(plain)(1, third=3)[0] == 1
    assert tape.order == SYNC
    assert tape.context.result == plain(1, third=3)


def test_a_coroutine_function_has_an_outcome_too(tape: Tape) -> None:
    assert asyncio.run(tape.trace.traced(coroutine)(7, times=2)) == 7
    assert tape.order == AWAITED
    assert tape.context.result == 7


def test_a_generator_function_is_traced_to_its_end(tape: Tape) -> None:
    assert list(tape.trace.traced(generator)(1, 2)) == [1, 2]
    assert tape.order == SYNC
    assert tape.context.result == "done"


def test_an_asynchronous_generator_function_is_traced_to_its_end(tape: Tape) -> None:
    async def main() -> list[int]:
        return [item async for item in tape.trace.traced(async_generator)(1, 2)]

    assert asyncio.run(main()) == [1, 2]
    assert tape.order == AWAITED


def test_nobody_is_heard_who_comes_later(name: str) -> None:
    tape = Tape(tracing_channel(name))
    tape.trace.traced(tape.listen)()
    assert tape.order == []


def test_each_call_has_a_context_made_of_its_arguments(tape: Tape) -> None:
    def describe(name: str, size: int = 1) -> SimpleNamespace:
        return SimpleNamespace(name=name, size=size)

    @tape.trace.traced(context=describe)
    def resize(name: str, size: int = 1) -> str:
        return name * size

    assert resize("ab", size=2) == "abab"
    assert resize("c") == "c"
    first, _, second, _ = (context.__dict__ for context in tape.contexts)
    assert first == {"name": "ab", "size": 2, "result": "abab"}
    assert second == {"name": "c", "size": 1, "result": "c"}


def test_a_context_that_can_not_be_made_hurts_nobody(tape: Tape) -> None:
    """It is reported, and the trace has a plain one."""
    reports: list[object] = []
    previous = on_subscriber_error(reports.append)
    try:
        assert tape.trace.traced(context=lambda: 1 / 0)(len)("abc") == 3
    finally:
        on_subscriber_error(previous)
    assert tape.context.result == 3
    assert len(reports) == 1


@pytest.mark.parametrize(
    "function", [len, functools.partial(int, base=2), str.upper, SimpleNamespace]
)
def test_whatever_can_be_called_can_be_traced(tape: Tape, function: Callable[..., Any]) -> None:
    argument: tuple[str, ...] = () if function is SimpleNamespace else ("101",)
    assert tape.trace.traced(function)(*argument) == function(*argument)
    assert tape.order == SYNC


def test_methods_of_all_kinds_can_be_traced(tape: Tape) -> None:
    class Shop:
        __price = 3

        @tape.trace.traced
        def price(self, __count: int) -> int:  # noqa: PYI063  # a name that python mangles
            return self.__price * __count

        @classmethod
        @tape.trace.traced
        def make(cls) -> Shop:
            return cls()

        @staticmethod
        @tape.trace.traced
        def twice(price: int) -> int:
            return 2 * price

        @property
        @tape.trace.traced
        def label(self) -> str:
            return "shop"

    shop = Shop.make()
    assert (shop.price(2), Shop.twice(4), shop.label) == (6, 8, "shop")
    assert tape.order == SYNC * 4


@pytest.mark.parametrize("bad", [3, "name", property(len), staticmethod(len)])
def test_what_is_no_function_is_refused(name: str, bad: Any) -> None:
    with pytest.raises(ChannelError, match="put it below"):
        tracing_channel(name).traced(bad)


def test_an_error_passes_with_its_traceback(tape: Tape) -> None:
    error = ValueError("broken")

    @tape.trace.traced
    def broken() -> None:
        raise error

    with pytest.raises(ValueError, match="broken") as raised:
        broken()
    assert raised.value is error
    assert raised.value.__context__ is None
    assert traceback.extract_tb(raised.value.__traceback__)[-1].name == "broken"
    assert tape.order == SYNC_FAILED


def test_traces_of_traced_functions_nest(tape: Tape) -> None:
    @tape.trace.traced
    def factorial(number: int) -> int:
        return number * factorial(number - 1) if number else 1

    assert factorial(20) == 2432902008176640000
    assert tape.order == ["start"] * 21 + ["end"] * 21
