from __future__ import annotations

import logging
from typing import Any, cast

import pytest

from tapscope.channels import (
    Channel,
    ChannelError,
    Subscriber,
    Subscription,
    TapscopeError,
    channel,
    has_subscribers,
    subscribe,
    unsubscribe,
)


def recorder(heard: list[object]) -> Subscriber[Any]:
    """Make a subscriber that appends each message; a new one each time."""
    return lambda message, _: heard.append(message)


def broken(_message: object, _name: str) -> None:
    raise ZeroDivisionError("as always")


def test_a_name_gives_the_same_channel_every_time(name: str) -> None:
    assert channel(name) is channel(name)
    assert isinstance(channel(name), Channel)
    assert channel(name).name == name


@pytest.mark.parametrize(
    "wrong",
    ["", ".", "a.", ".a", "a..b", "A", "a b", "a-b", "ä", "a\n", "a.*", "**", None, 7, b"a"],
)
def test_what_is_no_name_is_refused_with_the_value(wrong: Any) -> None:
    with pytest.raises(ChannelError) as raised:
        channel(wrong)
    assert repr(wrong) in str(raised.value)
    assert isinstance(raised.value, TapscopeError)


def test_a_subscriber_gets_the_message_itself_and_the_name(name: str) -> None:
    heard: list[tuple[object, str]] = []
    message = object()
    with channel(name).subscribe(lambda message, name: heard.append((message, name))):
        channel(name).publish(message)
    assert heard == [(message, name)]


def test_subscribers_are_called_in_the_order_of_subscription(name: str) -> None:
    called: list[int] = []

    def caller(number: int) -> Subscriber[Any]:
        def call(*_: object) -> None:
            called.append(number)

        return call

    for number in range(20):
        channel(name).subscribe(caller(number))
    channel(name).publish(None)
    assert called == list(range(20))


def test_nothing_reaches_a_subscriber_after_it_was_closed(name: str) -> None:
    heard: list[object] = []
    subscription = channel(name).subscribe(recorder(heard))
    channel(name).publish(1)
    subscription.close()
    channel(name).publish(2)
    assert heard == [1]


def test_closing_twice_leaves_an_equal_subscription_alone(name: str) -> None:
    heard: list[object] = []
    subscriber = recorder(heard)
    first = channel(name).subscribe(subscriber)
    channel(name).subscribe(subscriber)
    first.close()
    first.close()
    channel(name).publish(1)
    assert heard == [1]


def test_a_function_that_subscribed_twice_is_called_twice(name: str) -> None:
    heard: list[object] = []
    subscriber = recorder(heard)
    channel(name).subscribe(subscriber)
    channel(name).subscribe(subscriber)
    channel(name).publish(1)
    assert heard == [1, 1]


def test_unsubscribing_undoes_one_subscription_and_says_whether_there_was_one(name: str) -> None:
    heard: list[object] = []
    subscriber = recorder(heard)
    channel(name).subscribe(subscriber)
    channel(name).subscribe(subscriber)
    assert channel(name).unsubscribe(subscriber)
    channel(name).publish(1)
    assert channel(name).unsubscribe(subscriber)
    assert not channel(name).unsubscribe(subscriber)
    assert heard == [1]


def test_a_bound_method_can_be_unsubscribed_though_each_access_makes_another(name: str) -> None:
    heard: list[object] = []

    class Listener:
        def hear(self, message: object, _name: str) -> None:
            heard.append(message)

    listener = Listener()
    channel(name).subscribe(listener.hear)
    assert channel(name).unsubscribe(listener.hear)
    channel(name).publish(1)
    assert heard == []


def test_a_lambda_that_nobody_else_holds_stays_subscribed(name: str) -> None:
    heard: list[object] = []
    channel(name).subscribe(lambda message, _: heard.append(message))
    channel(name).publish(1)
    assert heard == [1]


def test_has_subscribers_tells_the_truth_at_every_step(name: str) -> None:
    assert not channel(name).has_subscribers
    first = channel(name).subscribe(recorder([]))
    second = channel(name).subscribe(recorder([]))
    assert channel(name).has_subscribers
    first.close()
    assert channel(name).has_subscribers
    second.close()
    assert not channel(name).has_subscribers


def test_asking_for_subscribers_by_name_does_not_create_the_channel(name: str) -> None:
    seen: list[object] = []
    assert not has_subscribers(name)
    with subscribe(f"{name}.*", recorder(seen)):
        assert not has_subscribers(f"{name}.child")
        channel(f"{name}.child")
        assert has_subscribers(f"{name}.child")


def test_a_subscriber_added_during_a_publish_hears_the_next_one(name: str) -> None:
    heard: list[object] = []
    subscription = channel(name).subscribe(lambda _, name: channel(name).subscribe(recorder(heard)))
    channel(name).publish(1)
    subscription.close()
    assert heard == []
    channel(name).publish(2)
    assert heard == [2]


def test_a_subscriber_removed_during_a_publish_still_hears_that_one(name: str) -> None:
    heard: list[object] = []
    later: list[Subscription] = []
    channel(name).subscribe(lambda _, __: later[0].close())
    later.append(channel(name).subscribe(recorder(heard)))
    channel(name).publish(1)
    channel(name).publish(2)
    assert heard == [1]


def test_a_subscriber_that_fails_harms_nobody_and_is_reported_once(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[object] = []
    channel(name).subscribe(broken)
    channel(name).subscribe(recorder(heard))
    with caplog.at_level(logging.ERROR, "tapscope"):
        for number in range(3):
            channel(name).publish(number)
    assert heard == [0, 1, 2]
    [record] = caplog.records
    assert name in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_what_ends_the_program_passes_through(name: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    channel(name).subscribe(interrupt)
    with pytest.raises(KeyboardInterrupt):
        channel(name).publish(1)


def test_what_cannot_be_called_cannot_subscribe(name: str) -> None:
    with pytest.raises(ChannelError, match="callable"):
        channel(name).subscribe(cast("Any", "print"))
    assert not channel(name).has_subscribers


def test_a_publish_inside_a_subscriber_is_delivered_at_once(name: str) -> None:
    heard: list[object] = []

    def again(message: int, _name: str) -> None:
        heard.append(message)
        if message:
            channel(name).publish(message - 1)
        heard.append(-message)

    channel(name).subscribe(again)
    channel(name).publish(1)
    assert heard == [1, 0, 0, -1]


def test_unsubscribing_by_name_says_whether_there_was_a_subscription(name: str) -> None:
    subscriber = recorder([])
    assert not unsubscribe(name, subscriber)
    subscribe(name, subscriber)
    assert unsubscribe(name, subscriber)
    assert not has_subscribers(name)
