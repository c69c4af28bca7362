"""What tests of other libraries use to look at what they publish."""

from __future__ import annotations

import time

import pytest

from tapscope.channels import channel, clock
from tapscope.channels.testing import capture, fake_clock


def test_what_is_published_inside_is_kept_in_order(name: str) -> None:
    one, two = channel(f"{name}.one"), channel(f"{name}.two")
    one.publish("before")
    with capture(f"{name}.*") as events:
        one.publish(1)
        two.publish(2)
        one.publish(3)
    one.publish("after")
    assert events.names == [f"{name}.one", f"{name}.two", f"{name}.one"]
    assert events.messages == [1, 2, 3]
    assert [(event.name, event.message) for event in events][1] == (f"{name}.two", 2)
    assert len(events) == 3


def test_it_listens_no_longer_than_its_block(name: str) -> None:
    with pytest.raises(KeyError, match="True"), capture(name):
        raise KeyError(channel(name).has_subscribers)
    assert not channel(name).has_subscribers


def test_messages_can_be_asked_for_by_channel(name: str) -> None:
    with capture(f"{name}.**") as events:
        channel(f"{name}.one").publish(1)
        channel(f"{name}.two.deep").publish(2)
    assert events.of(f"{name}.one") == [1]
    assert events.of(f"{name}.two.**") == [2]
    assert events.one(f"{name}.*") == 1
    events.clear()
    assert events.names == []


def test_one_is_neither_none_nor_two(name: str) -> None:
    with capture(name) as events:
        with pytest.raises(AssertionError, match="expected one message on 'x', got 0"):
            events.one("x")
        channel(name).publish(1)
        assert events.one() == 1
        channel(name).publish(2)
    with pytest.raises(AssertionError, match=f"got 2; in all: .*{name}"):
        events.one()


def test_a_fake_clock_moves_only_when_told() -> None:
    with fake_clock(now=100) as moment:
        assert clock.now() == 100
        moment.advance(seconds=1.5, nanoseconds=7)
        assert clock.now() == 1_500_000_107
    assert clock.now is time.monotonic_ns


def test_clocks_nest() -> None:
    with fake_clock(now=1), fake_clock(now=2):
        assert clock.now() == 2
