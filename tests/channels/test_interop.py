"""Channels and other people's signals, hooks and loggers."""

from __future__ import annotations

import inspect
import logging
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import blinker
import flask
import pytest

from tapscope.channels import (
    ChannelError,
    SubscriberFailed,
    audit,
    channel,
    lifecycle,
    log,
    on_subscriber_error,
    signals,
)
from tapscope.channels.testing import capture


@pytest.fixture
def reports() -> Iterator[list[SubscriberFailed]]:
    reported: list[SubscriberFailed] = []
    previous = on_subscriber_error(reported.append)
    yield reported
    on_subscriber_error(previous)


def into(heard: list[Any]) -> Callable[..., None]:
    """Give a receiver of blinker's kind that writes down the messages."""

    def receive(sender: object, message: object) -> None:
        del sender
        heard.append(message)

    return receive


class TestChannelAsSignal:
    def test_it_is_a_blinker_signal(self, name: str) -> None:
        assert isinstance(channel(name).signal, blinker.Signal)
        assert channel(name).signal is channel(name).signal

    def test_receivers_hear_what_is_published(self, name: str) -> None:
        heard: list[tuple[object, object]] = []
        held = channel(name)

        def receive(sender: object, message: object) -> None:
            heard.append((sender, message))

        held.signal.connect(receive)
        assert held.has_subscribers
        held.publish(7)
        held.signal.disconnect(receive)
        assert not held.has_subscribers
        held.publish(8)
        assert heard == [(held, 7)]

    def test_receivers_and_subscribers_are_called_in_order(self, name: str) -> None:
        order: list[str] = []
        held = channel(name)
        held.subscribe(lambda _, __: order.append("first"))
        held.signal.connect(into(order), weak=False)
        held.subscribe(lambda _, __: order.append("third"))
        held.publish("second")
        assert order == ["first", "second", "third"]

    def test_a_receiver_that_is_gone_is_forgotten(self, name: str) -> None:
        """blinker's references are weak; the next publish notices."""

        class Listener:
            def receive(self, _: object, message: object) -> None:
                del message

        listener = Listener()
        held = channel(name)
        held.signal.connect(listener.receive)
        assert held.has_subscribers
        del listener
        held.publish(1)
        assert not held.has_subscribers

    def test_a_receiver_of_another_sender_hears_nothing(self, name: str) -> None:
        heard: list[object] = []
        held = channel(name)
        held.signal.connect(into(heard), sender="x", weak=False)
        held.publish(1)
        held.signal.send("x", message=2)
        assert heard == [2]
        assert held.subscriber_count == 0

    def test_connected_for_a_block(self, name: str) -> None:
        heard: list[object] = []
        held = channel(name)
        with held.signal.connected_to(into(heard)):
            held.publish(1)
        held.publish(2)
        assert heard == [1]

    def test_a_raising_receiver_is_left_out_like_a_subscriber(
        self, name: str, reports: list[SubscriberFailed]
    ) -> None:
        tried: list[object] = []
        held = channel(name)

        def receive(_: object, message: object) -> None:
            tried.append(message)
            raise ValueError

        held.signal.connect(receive)
        for message in range(4):
            held.publish(message)
        assert tried == [0, 2]
        assert len(reports) == 1

    def test_what_is_sent_through_it_reaches_subscribers(self, name: str) -> None:
        with capture(name) as events:
            channel(name).signal.send("somebody", message=7)
            channel(name).signal.send("somebody", message=None)
            channel(name).signal.send("somebody", user="x")
        first, nothing, second = events.messages
        assert (first, nothing) == (7, None)
        assert (second.sender, second.arguments) == ("somebody", {"user": "x"})

    def test_a_raising_subscriber_does_not_reach_who_sends(
        self, name: str, reports: list[SubscriberFailed]
    ) -> None:
        channel(name).subscribe(lambda _, __: 1 / 0)
        channel(name).signal.send("somebody", message=7)
        assert isinstance(reports[0].error, ZeroDivisionError)


class TestSignalIntoChannel:
    def test_what_is_sent_is_published(self, name: str) -> None:
        signal = blinker.Signal()
        with signals.feed(channel(name), signal), capture(name) as events:
            signal.send("somebody", user="x")
        assert (events.one().sender, events.one().arguments) == ("somebody", {"user": "x"})

    def test_the_message_can_be_made(self, name: str) -> None:
        signal = blinker.Signal()
        with (
            signals.feed(channel(name), signal, lambda sender, words: (sender, words["user"])),
            capture(name) as events,
        ):
            signal.send("somebody", user="x")
        assert events.messages == [("somebody", "x")]

    def test_a_message_that_can_not_be_made_hurts_nobody(
        self, name: str, reports: list[SubscriberFailed]
    ) -> None:
        signal = blinker.Signal()
        with signals.feed(channel(name), signal, lambda _, __: 1 / 0), capture(name) as events:
            signal.send("somebody")
            signal.send("somebody")
        assert events.messages == []
        assert len(reports) == 1

    def test_an_idle_feed_is_not_connected(self, name: str) -> None:
        signal = blinker.Signal()
        feeding = signals.feed(channel(name), signal)
        assert not signal.receivers
        with capture(name):
            assert signal.receivers
        assert not signal.receivers
        with capture(name):
            feeding.close()
            assert not signal.receivers

    def test_flasks_signals_will_do(self, name: str) -> None:
        app = flask.Flask(__name__)
        app.add_url_rule("/", view_func=lambda: "hello")
        made = signals.feed(channel(name), flask.request_started, lambda app, _: app.name, app)
        with made, capture(name) as events:
            app.test_client().get("/")
        assert events.messages == [app.name]


class TestAudit:
    def test_asked_for_events_are_published(self) -> None:
        """A hook can't be removed, so this is a process of its own."""
        program = """
            import sys
            from tapscope.channels import audit, channel, subscribe

            subscribe("audit.**", lambda m, n: print(n, m.event, m.arguments))
            feeding = audit.feed("acme.Thing.Happened", "subprocess.Popen")
            sys.audit("acme.Thing.Happened", 1)
            sys.audit("acme.other", 2)
            feeding.close()
            sys.audit("acme.Thing.Happened", 3)
            with audit.feed("acme.Thing.Happened"):
                sys.audit("acme.Thing.Happened", 4)
            """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == [
            "audit.acme.thing.happened acme.Thing.Happened (1,)",
            "audit.acme.thing.happened acme.Thing.Happened (4,)",
        ]

    @pytest.mark.parametrize(
        ("event", "name"),
        [
            ("socket.connect", "audit.socket.connect"),
            ("object.__getattr__", "audit.object.__getattr__"),
        ],
    )
    def test_an_event_has_a_channel(self, event: str, name: str) -> None:
        assert audit.channel_of(event) is channel(name)
        assert channel(name).event is audit.AuditRaised

    def test_what_can_be_no_event_is_refused(self) -> None:
        with pytest.raises(ChannelError, match="no audit event"):
            audit.channel_of("!")


class TestLogging:
    def test_records_are_published(self, name: str) -> None:
        logger = logging.getLogger(name)
        with (
            log.feed(logger),
            capture("log.record", f"{name}.*") as events,
            lifecycle(name).exchange("work") as exchange,
        ):
            logger.warning("lost %d of %d", 2, 5)
        record = events.one("log.record")
        assert (record.message, record.level, record.level_name) == ("lost 2 of 5", 30, "WARNING")
        assert (record.logger, record.thread) == (name, "MainThread")
        assert record.parent == exchange.id

    def test_the_exception_is_the_programs_own(self, name: str) -> None:
        error = ValueError("broken")
        logger = logging.getLogger(name)
        with log.feed(logger), capture("log.record") as events:
            try:
                raise error
            except ValueError:
                logger.exception("it broke")
        assert events.one().error is error

    def test_the_configuration_of_logging_is_left_alone(self, name: str) -> None:
        """Programs list handlers, and ``basicConfig`` does nothing where there are any."""
        logger = logging.getLogger(name)
        before = list(logging.root.handlers)
        with log.feed(logger), capture("log.record"):
            assert not logger.handlers
            assert not logger.filters
            assert logging.root.handlers == before

    def test_an_idle_feed_hooks_nothing(self, name: str) -> None:
        with log.feed(logging.getLogger(name)):
            assert "filter" not in vars(logging.Logger)
            with capture("log.record"):
                assert "filter" in vars(logging.Logger)
            assert "filter" not in vars(logging.Logger)

    def test_what_handlers_do_has_no_frame_of_ours_below(self, name: str) -> None:
        """Programs print stacks there, and so does logging where a handler fails."""
        logger = logging.getLogger(name)
        files: list[str] = []

        class Looking(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                files.extend([record.name, *(frame.filename for frame in inspect.stack(0))])

        logger.addHandler(Looking())
        with log.feed(logger), capture("log.record"):
            logger.warning("look")
        assert files
        assert not [file for file in files if Path(file).parent == Path(log.__file__).parent]

    def test_a_filter_that_raises_does_so_as_without_us(self, name: str) -> None:
        logger = logging.getLogger(name)

        def wrong(record: logging.LogRecord) -> bool:
            raise LookupError(record.name)

        logger.addFilter(wrong)
        with log.feed(logger), capture("log.record"), pytest.raises(LookupError) as raised:
            logger.warning("text")
        folders = {entry.path.parent for entry in raised.traceback if isinstance(entry.path, Path)}
        assert Path(log.__file__).parent not in folders

    def test_what_a_filter_keeps_back_is_not_published(self, name: str) -> None:
        logger = logging.getLogger(name)
        logger.addFilter(lambda record: record.levelno > logging.INFO)
        logger.setLevel(logging.DEBUG)
        with log.feed(logger), capture("log.record") as events:
            logger.info("no")
            logger.error("yes")
        assert [record.message for record in events.messages] == ["yes"]

    @pytest.mark.parametrize(("level", "expected"), [(1, "note"), (2, "caller")])
    def test_the_stack_begins_at_the_line_that_the_record_names(
        self, name: str, level: int, expected: str
    ) -> None:
        logger = logging.getLogger(name)

        def note() -> None:
            logger.warning("text", stacklevel=level)

        def caller() -> None:
            note()

        with log.feed(logger), capture("log.record") as events:
            caller()
        code = events.one().stack[0]
        assert code.co_name == expected

    def test_levels_are_left_alone(self, name: str) -> None:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        with log.feed(logger, logging.WARNING), capture("log.record") as events:
            for level in (logging.DEBUG, logging.INFO, logging.WARNING):
                logger.log(level, "text")
        assert [record.level for record in events.messages] == [logging.WARNING]
        assert logger.level == logging.INFO

    def test_a_record_whose_arguments_do_not_fit_is_shown_as_it_is(self, name: str) -> None:
        logger = logging.getLogger(name)
        with log.feed(logger), capture("log.record") as events:
            logger.propagate = False
            logger.addHandler(logging.NullHandler())
            wrong: Any = ("%d", "no number")
            logger.warning(*wrong)
        assert events.one().message == "%d ('no number',)"

    def test_a_record_that_can_not_be_read_hurts_nobody(
        self, name: str, reports: list[SubscriberFailed]
    ) -> None:
        class Unreadable:
            def __repr__(self) -> str:
                raise LookupError(name)

        logger = logging.getLogger(name)
        with log.feed(logger), capture("log.record") as events:
            logger.propagate = False
            logger.addHandler(logging.NullHandler())
            logger.warning("%s", Unreadable())
        assert events.messages == []
        assert len(reports) == 1

    def test_what_tapscope_logs_itself_is_left_out(self) -> None:
        """Or a failing subscriber of records would go round."""
        with log.feed(), capture("log.record") as events:
            logging.getLogger("tapscope").error("a subscriber failed")
            logging.getLogger("tapscope.link").error("this one as well")
        assert events.messages == []
