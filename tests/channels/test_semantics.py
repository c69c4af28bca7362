"""What Node's tests pin about a channel (DC-01 to DC-14), and what we do differently."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from tapscope.channels import (
    Channel,
    ChannelError,
    channel,
    has_subscribers,
    known_channels,
    subscribe,
    unsubscribe,
)


def test_a_channel_is_active_from_the_first_subscription_to_the_last(name: str) -> None:
    """DC-01: through the functions of the module; the object stays one and the same."""
    heard: list[tuple[object, str]] = []

    def keep(message: object, name: str) -> None:
        heard.append((message, name))

    held = channel(name)
    assert not held.has_subscribers
    subscribe(name, keep)
    assert held.has_subscribers
    assert isinstance(held, Channel)
    message = object()
    held.publish(message)
    assert unsubscribe(name, keep)
    assert not held.has_subscribers
    assert not unsubscribe(name, keep)
    held.publish("to nobody")
    assert heard == [(message, name)]
    subscribe(name, keep)
    held.publish("again")
    assert heard[1:] == [("again", name)]


def test_the_methods_of_a_channel_do_what_the_functions_do(name: str) -> None:
    """DC-02: and a name that nobody has used is not active."""
    heard: list[object] = []

    def keep(message: object, _: str) -> None:
        heard.append(message)

    assert not has_subscribers(f"{name}.never")
    held = channel(name)
    held.subscribe(keep)
    held.publish(1)
    assert held.unsubscribe(keep)
    assert not held.unsubscribe(keep)
    held.publish(2)
    assert heard == [1]


@pytest.mark.parametrize("bad", [None, 0, object(), "", "Upper.Case", "a..b", "a-b", "a b", ".a"])
def test_a_name_is_dotted_and_lower_case(bad: Any) -> None:
    """DC-03, differently: no symbols, since names are matched by patterns and listed."""
    with pytest.raises(ChannelError, match=r"a channel's name is dotted"):
        channel(bad)


def test_asking_for_subscribers_does_not_make_a_channel(name: str) -> None:
    """DC-04."""
    assert not has_subscribers(name)
    assert name not in [known.name for known in known_channels()]
    subscribe(name, lambda _, __: None)
    assert has_subscribers(name)


def test_a_subscriber_may_leave_while_it_is_called(name: str) -> None:
    """DC-06: nobody is left out for it, and nobody is called twice."""
    heard: list[str] = []
    held = channel(name)

    def leave(_: object, __: str) -> None:
        heard.append("leaving")
        held.unsubscribe(leave)

    held.subscribe(leave)
    held.subscribe(lambda _, __: heard.append("staying"))
    held.publish(None)
    held.publish(None)
    assert heard == ["leaving", "staying", "staying"]


def test_who_comes_during_a_publish_hears_the_next_one(name: str) -> None:
    """DC-06, the other way round (B1 #3)."""
    heard: list[object] = []
    held = channel(name)
    inviting = held.subscribe(lambda _, __: held.subscribe(lambda m, _: heard.append(m)))
    held.publish(1)
    inviting.close()
    held.publish(2)
    assert heard == [2]


def test_a_subscription_outlives_whoever_made_it(name: str) -> None:
    """DC-08: names and subscribers are kept, so a lambda does not vanish."""
    subscribe(name, lambda _, __: None)
    gc.collect()
    assert has_subscribers(name)


def test_a_name_is_one_object_for_good(name: str) -> None:
    """DC-09 and DC-10, differently: channels are never collected, which Node's races come from."""
    number = id(channel(name))
    gc.collect()
    assert id(channel(name)) == number


def test_many_subscriptions_leave_nothing_behind(name: str) -> None:
    """DC-10, what of it holds here: a channel that all have left keeps none of them."""
    held = channel(name)
    for _ in range(64 * 256):
        held.subscribe(print).close()
    assert held.subscriber_count == 0
    assert not held.has_subscribers
    assert not held.signal.receivers


def test_closing_a_subscription_twice_ends_one(name: str) -> None:
    """DC-11: the second registration of the same function stays."""
    heard: list[object] = []

    def keep(message: object, _: str) -> None:
        heard.append(message)

    held = channel(name)
    first = held.subscribe(keep)
    held.subscribe(keep)
    first.close()
    first.close()
    held.publish(1)
    assert heard == [1]


def test_closing_a_subscription_after_unsubscribe_does_nothing(name: str) -> None:
    """DC-11."""
    held = channel(name)
    with held.subscribe(print):
        second = held.subscribe(print)
        assert held.unsubscribe(print)
        assert held.subscriber_count == 1
    assert held.subscriber_count == 1
    second.close()
    assert not held.has_subscribers


async def _waits(message: object, name: str) -> None:
    del message, name


class _CalledAndAwaited:
    async def __call__(self, message: object, name: str) -> None:
        del message, name


@pytest.mark.parametrize("bad", [None, 3, "function", _waits, _CalledAndAwaited()])
def test_a_refused_subscriber_leaves_the_channel_idle(name: str, bad: Any) -> None:
    """DC-13: what can't be called is refused, and what nobody would await."""
    with pytest.raises(ChannelError, match="must be"):
        channel(name).subscribe(bad)
    with pytest.raises(ChannelError, match="must be"):
        subscribe(f"{name}.*", bad)
    assert not has_subscribers(name)


def test_who_watches_a_channel_is_told_when_it_turns_active_or_idle(name: str) -> None:
    """DC-14: what native code keeps a counter for; not told of what changes nothing."""
    told: list[bool] = []
    held = channel(name)
    with held.watch_activity(lambda: told.append(held.has_subscribers)):
        first = held.subscribe(print)
        second = held.subscribe(print)
        assert held.subscriber_count == 2
        first.close()
        second.close()
    held.subscribe(print)
    assert told == [True, False]


def test_a_pattern_is_left_in_one_step_too(name: str) -> None:
    """What ``unsubscribe`` of a name does, for all channels of a pattern."""
    one, two = channel(f"{name}.one"), channel(f"{name}.two")
    subscribe(f"{name}.*", print)
    assert not one.unsubscribe(print)
    assert unsubscribe(f"{name}.*", print)
    assert not unsubscribe(f"{name}.*", print)
    assert not one.has_subscribers
    assert not two.has_subscribers


def test_a_channel_may_say_what_it_carries(name: str) -> None:
    class Missed:
        """Something was not in the cache.

        And more about that.
        """

    assert channel(name).event is None
    declared = channel(name, Missed)
    assert (declared.event, declared.doc) == (Missed, "Something was not in the cache.")
    assert channel(name, Missed, "in other words").doc == "in other words"
