"""Whatever a subscriber does, the publisher goes on, and somebody is told."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable

import pytest

from tapscope.channels import (
    SubscriberFailed,
    channel,
    lifecycle,
    on_subscriber_error,
    subscribe,
)
from tapscope.channels.testing import capture
from tests.channels.reporting import hooked

FAILED = "tapscope.subscriber.failed"


class Flaky:
    """A subscriber that fails on the messages it is told to."""

    def __init__(self, fails: Callable[[int], bool] = lambda _: True) -> None:
        self.tried: list[int] = []
        self._fails = fails

    def __call__(self, message: int, _: str) -> None:
        self.tried.append(message)
        if self._fails(message):
            raise ValueError(message)


def test_a_raising_subscriber_stops_nobody(name: str, reports: list[SubscriberFailed]) -> None:
    """DC-05: the others hear every message, and the error surfaces exactly once."""
    heard: list[int] = []
    held, flaky = channel(name), Flaky()
    held.subscribe(flaky)
    held.subscribe(lambda message, _: heard.append(message))
    for message in range(20):
        held.publish(message)
    assert heard == list(range(20))
    [report] = reports
    assert (report.channel, report.subscriber, str(report.error)) == (name, flaky, "0")


def test_a_failing_subscriber_misses_one_two_four_messages(
    name: str, reports: list[SubscriberFailed]
) -> None:
    """Left out for twice as long each time, and tried again each time."""
    held, flaky = channel(name), Flaky()
    held.subscribe(flaky)
    for message in range(32):
        held.publish(message)
    assert flaky.tried == [0, 2, 5, 10, 19]
    assert len(reports) == 1


@pytest.mark.usefixtures("reports")
def test_a_failing_subscriber_is_never_gone_for_good(name: str) -> None:
    """There is a longest time that it is left out for."""
    held, flaky = channel(name), Flaky()
    held.subscribe(flaky)
    for message in range(10_000):
        held.publish(message)
    gaps = [b - a - 1 for a, b in zip(flaky.tried, flaky.tried[1:], strict=False)]
    assert gaps[-1] == gaps[-2] == 1024


def test_a_subscriber_that_is_well_again_is_back(
    name: str, reports: list[SubscriberFailed]
) -> None:
    """It hears everything at once; after a while its past is forgotten, and a failure is new."""
    held, flaky = channel(name), Flaky(lambda message: message in {0, 200})
    held.subscribe(flaky)
    for message in range(210):
        held.publish(message)
    assert flaky.tried == [0, *range(2, 201), *range(202, 210)]
    assert [str(report.error) for report in reports] == ["0", "200"]
    assert [report.failures for report in reports] == [1, 1]


def test_a_subscriber_that_fails_now_and_then_is_reported_once(
    name: str, reports: list[SubscriberFailed]
) -> None:
    held = channel(name)
    held.subscribe(Flaky(lambda message: message % 10 == 0))
    for message in range(200):
        held.publish(message)
    assert len(reports) == 1


def test_every_failure_is_announced(name: str, reports: list[SubscriberFailed]) -> None:
    """On a channel of its own, with how often and how long."""
    held = channel(name)
    held.subscribe(Flaky())
    with capture(FAILED) as announced:
        for message in range(6):
            held.publish(message)
    assert [(f.failures, f.skipping) for f in announced.messages] == [(1, 1), (2, 2), (3, 4)]
    assert announced.messages[0] is reports[0]


def test_a_failing_subscriber_of_failures_is_reported_and_not_announced(
    name: str, reports: list[SubscriberFailed]
) -> None:
    """Or it would go on for ever."""
    held = channel(name)
    held.subscribe(Flaky())
    with subscribe(FAILED, lambda _, __: 1 / 0):
        held.publish(1)
    assert [report.channel for report in reports] == [name, FAILED]


def test_two_places_of_one_function_fail_apart(name: str, reports: list[SubscriberFailed]) -> None:
    held, flaky = channel(name), Flaky()
    held.subscribe(flaky)
    held.subscribe(flaky)
    for message in range(3):
        held.publish(message)
    assert flaky.tried == [0, 0, 2, 2]
    assert len(reports) == 2


def test_a_failing_subscriber_can_be_closed(name: str, reports: list[SubscriberFailed]) -> None:
    held = channel(name)
    with held.subscribe(Flaky()):
        held.publish(1)
    assert not held.has_subscribers
    assert len(reports) == 1


def test_who_leaves_and_fails_at_once_is_reported(
    name: str, reports: list[SubscriberFailed]
) -> None:
    held = channel(name)

    def once(_: object, __: str) -> None:
        held.unsubscribe(once)
        raise ValueError

    held.subscribe(once)
    held.publish(1)
    held.publish(2)
    assert [report.subscriber for report in reports] == [once]


def test_without_a_hook_the_logger_is_told(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """With the traceback, at the level of an error."""
    channel(name).subscribe(Flaky())
    channel(name).publish(7)
    [record] = caplog.records
    assert (record.name, record.levelno) == ("tapscope", logging.ERROR)
    assert name in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ValueError


def test_a_failing_hook_hurts_nobody(name: str, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[object] = []

    def hook(_: object) -> None:
        raise LookupError

    channel(name).subscribe(Flaky())
    channel(name).subscribe(lambda message, _: heard.append(message))
    with hooked(hook):
        channel(name).publish(7)
    assert heard == [7]
    assert "hook" in caplog.text


def test_setting_a_hook_gives_the_one_before() -> None:
    def hook(_: object) -> None: ...

    default = on_subscriber_error(hook)
    assert on_subscriber_error(None) is hook
    assert on_subscriber_error(None) is default


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_a_program_passes(name: str, error: type[BaseException]) -> None:
    """Ctrl-C and exit are the program's, wherever they strike; later publishes are as before."""
    heard: list[object] = []

    def end(message: object, _: str) -> None:
        if message == "end":
            raise error
        heard.append(message)

    channel(name).subscribe(end)
    with pytest.raises(error):
        channel(name).publish("end")
    channel(name).publish("later")
    assert heard == ["later"]


def test_a_subscriber_that_publishes_to_its_own_channel_is_bounded(
    name: str, reports: list[SubscriberFailed]
) -> None:
    """The ninth level inside one another is lost, and the subscriber is left out."""
    heard: list[int] = []
    held = channel(name)

    def echo(message: int, _: str) -> None:
        heard.append(message)
        held.publish(message + 1)

    held.subscribe(echo)
    held.publish(0)
    assert heard == list(range(8))
    [report] = reports
    assert report.subscriber is echo
    assert "publishes to its own channel" in str(report.error)


def test_many_that_publish_to_their_own_channel_come_to_an_end(
    name: str, reports: list[SubscriberFailed]
) -> None:
    """Even if they catch whatever is raised: it does not double with every level."""
    count = 0
    held = channel(name)

    def echo(message: int, _: str) -> None:
        nonlocal count
        count += 1
        with contextlib.suppress(Exception):
            held.publish(message + 1)

    for _ in range(6):
        held.subscribe(functools.partial(echo))
    held.publish(0)
    assert count < 200
    assert len(reports) == 6


def test_two_channels_that_feed_each_other_come_to_an_end(
    name: str, reports: list[SubscriberFailed]
) -> None:
    one, two = channel(f"{name}.one"), channel(f"{name}.two")
    one.subscribe(lambda message, _: two.publish(message))
    two.subscribe(lambda message, _: one.publish(message))
    one.publish(0)
    assert reports


@pytest.mark.parametrize("event", ["start", "finish"])
def test_a_subscriber_that_causes_exchanges_is_bounded(
    name: str, reports: list[SubscriberFailed], event: str
) -> None:
    """At either end of an exchange: each would cause the next one for ever."""
    jobs = lifecycle(name)

    def cause(_: object, __: str) -> None:
        with jobs.exchange("caused"):
            pass

    with capture(f"{name}.start") as events:
        subscribe(f"{name}.{event}", cause)
        cause(None, "")
    assert 1 < len(events) < 50
    assert reports


def test_a_few_levels_are_nobodys_fault(name: str, reports: list[SubscriberFailed]) -> None:
    heard: list[int] = []
    held = channel(name)

    def countdown(message: int, _: str) -> None:
        heard.append(message)
        if message:
            held.publish(message - 1)

    held.subscribe(countdown)
    for _ in range(3):
        held.publish(5)
    assert heard == [5, 4, 3, 2, 1, 0] * 3
    assert not reports


def test_no_recursion_error_reaches_the_publisher(name: str) -> None:
    """A program deep in a recursion of its own goes on to its own limit."""
    held = channel(name)
    held.subscribe(lambda _, __: sum(range(3)))
    raised: list[str] = []

    def descend(depth: int) -> None:
        try:
            held.publish(depth)
        except RecursionError as error:
            # Calling publish is a call: what fails is that one, not something in it.
            traceback = error.__traceback__
            assert traceback is not None
            raised.append("inside" if traceback.tb_next is not None else "call")
        descend(depth + 1)

    with hooked(lambda _: None), pytest.raises(RecursionError):
        descend(0)
    assert "inside" not in raised
