"""What Node's tests pin about a bounded channel (TC-17, TC-18)."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import pytest

from tapscope.channels import (
    BoundedChannel,
    ChannelError,
    TraceHandlers,
    bounded_channel,
    channel,
    on_subscriber_error,
)

stored: ContextVar[Any] = ContextVar("stored", default="nothing")


@pytest.fixture
def order() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def turn(name: str, order: list[tuple[str, object]]) -> BoundedChannel:
    """A bounded channel whose events are written down."""
    made = bounded_channel(name)
    made.subscribe(
        TraceHandlers(
            start=lambda context, _: order.append(("start", context)),
            end=lambda context, _: order.append(("end", context)),
        )
    )
    return made


def test_a_bounded_channel_is_two_channels(name: str) -> None:
    """TC-17: by name, or given."""
    made = bounded_channel(name)
    assert (made.start.name, made.end.name) == (f"tracing.{name}.start", f"tracing.{name}.end")
    one, two = channel(f"{name}.one"), channel(f"{name}.two")
    assert bounded_channel({"start": one, "end": two}).end is two
    with pytest.raises(ChannelError, match=r"name_or_channels\.end"):
        bounded_channel({"start": one})


@pytest.mark.parametrize("event", ["start", "end"])
def test_either_makes_it_active(name: str, event: str) -> None:
    """TC-17."""
    made = bounded_channel(name)
    handlers = TraceHandlers(**{event: print})
    made.subscribe(handlers)
    assert made.has_subscribers
    assert made.unsubscribe(handlers)
    assert not made.unsubscribe(handlers)
    assert not made.has_subscribers


def test_events_that_never_come_are_refused(name: str) -> None:
    with pytest.raises(ChannelError, match="not error"):
        bounded_channel(name).subscribe(TraceHandlers(start=print, error=print))


def test_closing_covers_both_handlers(name: str) -> None:
    """DC-11 for a bounded channel."""
    made = bounded_channel(name)
    both = made.subscribe(TraceHandlers(start=print, end=print))
    made.start.subscribe(print)
    with both:
        both.close()
    assert (made.start.subscriber_count, made.end.subscriber_count) == (1, 0)


def test_a_run_lies_between_start_and_end(
    turn: BoundedChannel, order: list[tuple[str, object]]
) -> None:
    """TC-17: with the stores of start set, and arguments and result handed through."""
    turn.start.bind_store(stored)
    context = object()

    def work(first: int, *, second: int) -> tuple[int, Any]:
        order.append(("work", stored.get()))
        return first + second, stored.get()

    assert turn.run(context, work, 1, second=2) == (3, context)
    assert order == [("start", context), ("work", context), ("end", context)]
    assert stored.get() == "nothing"


def test_a_run_that_nobody_hears_is_the_call_alone(name: str) -> None:
    """TC-17: and who comes meanwhile hears nothing."""
    made = bounded_channel(name)
    heard: list[object] = []
    made.run(1, lambda: made.end.subscribe(lambda context, _: heard.append(context)))
    assert heard == []


def test_a_failing_transform_is_contained(
    turn: BoundedChannel, order: list[tuple[str, object]]
) -> None:
    """TC-17."""
    turn.start.bind_store(stored, lambda _: 1 / 0)
    previous = on_subscriber_error(lambda _: None)
    try:
        assert turn.run("context", stored.get) == "nothing"
    finally:
        on_subscriber_error(previous)
    assert [event for event, _ in order] == ["start", "end"]


def test_a_scope_ends_with_its_block(turn: BoundedChannel, order: list[tuple[str, object]]) -> None:
    """TC-18: also when that raises, which passes without an error event."""
    with pytest.raises(KeyError) as raised, turn.scope("context"):
        raise KeyError(*order)
    assert raised.value.args == (("start", "context"),)
    assert [event for event, _ in order] == ["start", "end"]


def test_nested_scopes_give_way_to_each_other(turn: BoundedChannel) -> None:
    """TC-18."""
    turn.start.bind_store(stored)
    with turn.scope("outer"):
        with turn.scope("inner"):
            assert stored.get() == "inner"
        assert stored.get() == "outer"
    assert stored.get() == "nothing"


def test_leaving_a_scope_twice_is_leaving_it_once(
    turn: BoundedChannel, order: list[tuple[str, object]]
) -> None:
    """TC-18."""
    scope = turn.scope("context")
    with scope:
        pass
    scope.__exit__(None, None, None)
    assert [event for event, _ in order] == ["start", "end"]
