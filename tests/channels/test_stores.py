"""Context variables bound to a channel (DC-07, DC-12)."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextvars import ContextVar, copy_context
from typing import Any

import pytest

from tapscope.channels import Channel, SubscriberFailed, channel, on_subscriber_error

plain: ContextVar[Any] = ContextVar("plain", default="nothing")
made: ContextVar[Any] = ContextVar("made", default="nothing")


@pytest.fixture
def bound(name: str) -> Channel[Any]:
    """A channel with two stores, one of them with a transform."""
    held = channel(name)
    held.bind_store(plain)
    held.bind_store(made, lambda message: f"made of {message}")
    return held


def both() -> tuple[Any, Any]:
    return plain.get(), made.get()


def test_stores_are_set_while_the_function_runs(bound: Channel[Any]) -> None:
    """DC-07: both of them, with the arguments handed on and the result handed back."""

    def function(first: int, *, second: int) -> tuple[int, tuple[Any, Any]]:
        return first + second, both()

    assert bound.run_stores("m", function, 1, second=2) == (3, ("m", "made of m"))
    assert both() == ("nothing", "nothing")


def test_inner_stores_give_way_to_outer_ones(bound: Channel[Any]) -> None:
    """DC-07."""
    with bound.store_scope("outer"):
        assert bound.run_stores("inner", both) == ("inner", "made of inner")
        assert both() == ("outer", "made of outer")


def test_a_bound_store_alone_makes_a_channel_active(name: str) -> None:
    """DC-07: and unbinding tells whether it was bound."""
    held = channel(name)
    held.bind_store(plain)
    assert held.has_subscribers
    assert held.subscriber_count == 0
    assert held.unbind_store(plain)
    assert not held.unbind_store(plain)
    assert not held.has_subscribers


def test_binding_a_store_again_replaces_its_transform(name: str) -> None:
    """A1."""
    held = channel(name)
    held.bind_store(plain, lambda _: "first")
    held.bind_store(plain, lambda _: "second")
    assert held.run_stores("m", plain.get) == "second"
    assert held.unbind_store(plain)
    assert held.run_stores("m", plain.get) == "nothing"


def test_transforms_come_before_stores_and_stores_before_subscribers(name: str) -> None:
    """B1 #8: a transform sees the values of before, a subscriber those of now."""
    order: list[str] = []

    def transform(message: object) -> object:
        order.append(f"transform sees {plain.get()}")
        return message

    held = channel(name)
    held.bind_store(plain)
    held.bind_store(made, transform)
    held.subscribe(lambda _, __: order.append(f"subscriber sees {plain.get()}"))
    held.run_stores("m", lambda: order.append("function"))
    assert order == ["transform sees nothing", "subscriber sees m", "function"]


def test_a_failing_transform_leaves_out_its_store_alone(name: str) -> None:
    """DC-07, DC-12: it is reported once and hurts nobody."""
    failures: list[SubscriberFailed] = []
    error = ValueError("no")

    def transform(_: object) -> object:
        raise error

    held = channel(name)
    held.bind_store(made, transform)
    held.bind_store(plain)
    previous = on_subscriber_error(failures.append)
    try:
        assert held.run_stores("m", both) == ("m", "nothing")
        assert held.run_stores("m", both) == ("m", "nothing")
    finally:
        on_subscriber_error(previous)
    [failure] = failures
    assert (failure.channel, failure.subscriber, failure.error) == (name, transform, error)


def test_a_scope_ends_however_its_block_does(bound: Channel[Any]) -> None:
    """DC-12."""
    with pytest.raises(KeyError, match="m"), bound.store_scope("m"):
        raise KeyError(plain.get())
    assert both() == ("nothing", "nothing")


def test_leaving_a_scope_twice_is_leaving_it_once(bound: Channel[Any]) -> None:
    """DC-12: values set since then stay."""
    scope = bound.store_scope("m")
    with scope:
        pass
    token = plain.set("later")
    scope.__exit__(None, None, None)
    assert plain.get() == "later"
    plain.reset(token)


def test_the_scope_of_an_idle_channel_does_nothing(name: str) -> None:
    """DC-12: however often it is entered, and by whom."""
    scope = channel(name).store_scope("m")
    with scope, scope:
        assert plain.get() == "nothing"


def test_an_interrupt_while_publishing_leaves_no_store_set(bound: Channel[Any]) -> None:
    def interrupt(_: object, __: str) -> None:
        raise KeyboardInterrupt

    bound.subscribe(interrupt)
    with pytest.raises(KeyboardInterrupt):
        bound.run_stores("m", both)
    assert both() == ("nothing", "nothing")


def test_a_scope_may_be_left_in_another_context(bound: Channel[Any]) -> None:
    """As an asynchronous generator is that the event loop closes."""

    def generator() -> Generator[Any]:
        with bound.store_scope("m"):
            yield plain.get()

    running = generator()
    assert copy_context().run(next, running) == "m"
    running.close()
    assert plain.get() == "nothing"


def test_stores_reach_the_tasks_that_begin_inside(bound: Channel[Any]) -> None:
    async def read() -> Any:
        await asyncio.sleep(0)
        return plain.get()

    async def main() -> tuple[Any, Any]:
        with bound.store_scope("m"):
            task = asyncio.ensure_future(read())
        return await task, plain.get()

    assert asyncio.run(main()) == ("m", "nothing")
