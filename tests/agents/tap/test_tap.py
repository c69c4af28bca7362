from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from tapscope.agents.link import Encoder
from tapscope.agents.link.codec import MAX_ITEMS
from tapscope.agents.link.messages import (
    BodyChunk,
    Dropped,
    ExchangeFailed,
    ExchangeFinished,
    Goodbye,
    Hello,
    Message,
    Refused,
    Released,
    RequestStarted,
    ResponseStarted,
    StackDefined,
)
from tapscope.agents.tap import Tap
from tapscope.agents.tap.queue import MAX_BYTES, MAX_EVENTS
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.http import client
from tests.agents.tap.carriers import HELLO, FakeCarrier, hello


@contextmanager
def tapping(carrier: FakeCarrier, lost: list[str] | None = None) -> Generator[Tap]:
    """Give an attached tap whose link is *carrier*; reasons of its loss go to *lost*."""
    reasons = [] if lost is None else lost
    tap = Tap(lambda: carrier, hello, reasons.append, print)
    tap.start()
    tap.attach()
    try:
        yield tap
    finally:
        carrier.capacity = 1_000_000_000
        tap.close()


def exchange(body: bytes = b"body", url: str = "http://shop/") -> None:
    """Publish a whole exchange."""
    running = ClientExchange.start("POST", url, [(b"A", b"b")])
    running.sent(b"question")
    running.responded(200, "OK", "http/1.1", [(b"C", b"d")], None, None, None)
    running.received(body)
    running.finish()


def told(carrier: FakeCarrier) -> list[type[Message]]:
    return [type(message) for message in carrier.messages if not isinstance(message, StackDefined)]


EXCHANGE = [RequestStarted, BodyChunk, ResponseStarted, BodyChunk, ExchangeFinished]


def test_the_first_message_is_hello_and_the_last_is_goodbye() -> None:
    carrier = FakeCarrier()
    with tapping(carrier):
        exchange()
    assert told(carrier) == [Hello, *EXCHANGE, Goodbye]
    assert carrier.messages[0] == HELLO
    assert carrier.closed


def test_what_was_published_before_a_flush_is_with_the_host_after_it() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        for count in range(1, 4):
            exchange()
            assert tap.flush()
            assert told(carrier).count(ExchangeFinished) == count


def test_a_tick_delivers_without_anybody_asking() -> None:
    carrier = FakeCarrier()
    with tapping(carrier):
        exchange()
        while told(carrier) != [Hello, *EXCHANGE]:
            threading.Event().wait(0.001)


def test_a_link_that_takes_one_byte_at_a_time_gets_everything() -> None:
    carrier = FakeCarrier(room=1)
    with tapping(carrier):
        exchange()
    assert told(carrier) == [Hello, *EXCHANGE, Goodbye]


def test_a_link_that_takes_nothing_does_not_hold_up_the_program() -> None:
    carrier = FakeCarrier(capacity=0)
    with tapping(carrier) as tap:
        for _ in range(100):
            exchange()
        assert not tap.flush(seconds=0)
        assert carrier.taken == b""


def test_what_waited_for_a_slow_link_is_delivered_when_it_takes_again() -> None:
    carrier = FakeCarrier(capacity=10)
    with tapping(carrier) as tap:
        exchange()
        assert not tap.flush(seconds=0)
    assert told(carrier) == [Hello, *EXCHANGE, Goodbye]


def test_bytes_of_bodies_that_find_no_room_are_counted_and_told() -> None:
    carrier = FakeCarrier(capacity=0)
    with tapping(carrier):
        piece = bytes(1_000_000)
        running = ClientExchange.start("GET", "http://shop/", [])
        running.responded(200, "OK", "http/1.1", [], None, None, None)
        for _ in range(MAX_BYTES // len(piece) + 10):
            running.received(piece)
        running.finish()
    chunks = [message for message in carrier.messages if isinstance(message, BodyChunk)]
    dropped = [message for message in carrier.messages if isinstance(message, Dropped)][-1]
    kept = sum(len(chunk.data or b"") for chunk in chunks)
    assert kept <= MAX_BYTES + 2 * len(piece)
    assert dropped.exchanges == 0
    assert kept + dropped.body_bytes == sum(chunk.length for chunk in chunks)
    assert kept + dropped.body_bytes == (MAX_BYTES // len(piece) + 10) * len(piece)


def test_exchanges_that_find_no_room_are_counted_and_told_and_none_is_half() -> None:
    carrier = FakeCarrier(capacity=0)
    count = MAX_EVENTS // 4 + 1000
    with tapping(carrier):
        for _ in range(count):
            running = ClientExchange.start("GET", "http://shop/", [])
            running.sent(b"x")
            running.responded(200, "OK", "http/1.1", [], None, None, None)
            running.finish()
    kinds = told(carrier)
    [*_, dropped] = [message for message in carrier.messages if isinstance(message, Dropped)]
    assert dropped.exchanges > 0
    assert kinds.count(RequestStarted) + dropped.exchanges == count
    assert kinds.count(RequestStarted) == kinds.count(ExchangeFinished)
    assert kinds.count(RequestStarted) == kinds.count(ResponseStarted)


def test_a_host_that_goes_away_is_told_once_and_nobody_listens_any_more() -> None:
    carrier, lost = FakeCarrier(), list[str]()
    with tapping(carrier, lost) as tap:
        carrier.closed = True
        exchange()
        assert not tap.flush()
        exchange()
        assert not client.start.has_subscribers
        assert not tap.running
    assert lost == ["the host is gone"]


@pytest.mark.parametrize("size", [0, 1, 17, 100])
def test_a_host_that_goes_away_in_the_middle_of_a_write_is_one_loss(size: int) -> None:
    carrier, lost = FakeCarrier(room=7, closes_after=size), list[str]()
    with tapping(carrier, lost) as tap:
        exchange()
        assert not tap.flush()
    assert lost == ["the host is gone"]
    assert len(carrier.taken) == size


def test_a_host_that_refuses_is_lost_with_its_reason() -> None:
    carrier, lost = FakeCarrier(), list[str]()
    carrier.arriving.append(Encoder().encode(Refused("the token is wrong")))
    with tapping(carrier, lost) as tap:
        tap.flush()
        assert not tap.running
    assert lost == ["the token is wrong"]


def test_the_reason_counts_also_where_the_host_is_gone_before_it_was_read() -> None:
    class RefusingCarrier(FakeCarrier):
        def write(self, data: memoryview) -> int:
            self.arriving.append(Encoder().encode(Refused("the token is wrong")))
            return super().write(data)

    lost: list[str] = []
    with tapping(RefusingCarrier(closes_after=0), lost) as tap:
        tap.flush()
    assert lost == ["the token is wrong"]


def test_a_host_that_talks_nonsense_is_lost() -> None:
    carrier, lost = FakeCarrier(arriving=[b"\xc1\xc1"]), list[str]()
    with tapping(carrier, lost) as tap:
        tap.flush()
    [reason] = lost
    assert "not a message" in reason


def test_a_link_that_fails_in_another_way_is_lost_as_well() -> None:
    class BrokenCarrier(FakeCarrier):
        def read(self) -> bytes:
            raise ZeroDivisionError("as always")

    lost: list[str] = []
    with tapping(BrokenCarrier(), lost) as tap:
        tap.flush()
        assert not client.start.has_subscribers
    assert lost == ["the link failed: ZeroDivisionError('as always')"]


def test_attaching_without_a_host_listens_to_nothing() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        carrier.closed = True
        tap.flush()
        tap.attach()
        assert not client.start.has_subscribers


def test_a_tap_that_never_started_listens_to_nothing_and_can_be_closed() -> None:
    tap = Tap(FakeCarrier, hello, lambda _: None, print)
    tap.attach()
    assert not client.start.has_subscribers
    tap.close()


def test_detaching_keeps_what_was_heard() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        exchange()
        tap.detach()
        tap.detach()
        exchange()
    assert told(carrier).count(RequestStarted) == 1


def test_attaching_twice_hears_once() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        tap.attach()
        exchange()
    assert told(carrier).count(RequestStarted) == 1


def test_closing_twice_says_goodbye_once() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        tap.close()
    assert told(carrier).count(Goodbye) == 1


def test_a_stack_that_was_first_seen_with_such_an_event_is_told_with_the_next() -> None:
    carrier = FakeCarrier()
    with tapping(carrier):
        for url in (cast("Any", object()), "http://shop/"):
            ClientExchange.start("GET", url, [])
    defined = {message.id for message in carrier.messages if isinstance(message, StackDefined)}
    [start] = [message for message in carrier.messages if isinstance(message, RequestStarted)]
    assert start.stack in defined


def test_an_event_that_no_message_can_hold_loses_only_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    carrier = FakeCarrier()
    with tapping(carrier), caplog.at_level(logging.ERROR, "tapscope"):
        exchange()
        for _ in range(3):
            ClientExchange.start("GET", cast("Any", object()), [])
        exchange()
    assert told(carrier) == [Hello, *EXCHANGE, *EXCHANGE, Goodbye]
    assert len(caplog.records) == 1


def test_more_headers_than_a_message_may_have_are_cut() -> None:
    carrier = FakeCarrier()
    with tapping(carrier):
        ClientExchange.start("GET", "http://shop/", [(b"a", b"b")] * (MAX_ITEMS + 1))
    [start] = [message for message in carrier.messages if isinstance(message, RequestStarted)]
    assert len(start.headers) == MAX_ITEMS


class Mute(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError


def test_an_error_without_a_text_is_told_all_the_same() -> None:
    carrier = FakeCarrier()
    with tapping(carrier):
        ClientExchange.start("GET", "http://shop/", []).fail(Mute())
    [failure] = [message for message in carrier.messages if isinstance(message, ExchangeFailed)]
    assert failure.kind.endswith("Mute")


def test_events_of_many_threads_all_arrive_each_exchange_in_order() -> None:
    carrier = FakeCarrier()

    def work() -> None:
        for _ in range(50):
            exchange()

    with tapping(carrier):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    by_id: dict[int, list[type[Message]]] = {}
    for message in carrier.messages:
        if isinstance(message, (RequestStarted, ResponseStarted, BodyChunk, ExchangeFinished)):
            by_id.setdefault(message.id, []).append(type(message))
    assert list(by_id.values()) == [EXCHANGE] * 200


def test_waiting_ends_when_a_front_end_releases_the_program() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        waiting = threading.Thread(target=tap.wait_released)
        waiting.start()
        carrier.arriving.append(Encoder().encode(Released()))
        waiting.join()


def test_waiting_ends_when_the_host_is_gone() -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        waiting = threading.Thread(target=tap.wait_released)
        waiting.start()
        carrier.closed = True
        waiting.join()
