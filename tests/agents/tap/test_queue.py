from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.link import Decoder, messages
from tapscope.agents.link.messages import MESSAGES
from tapscope.agents.tap.encoder import EventEncoder
from tapscope.agents.tap.events import DroppedChunk, Event
from tapscope.agents.tap.queue import EventQueue
from tapscope.channels.http import (
    BodyChunk,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from tapscope.channels.log import RecordLogged

HEAD = 2
"""Bytes before a piece of a body: what kind of array it is, and the message's number."""


class Encoded(bytes):
    """An event in the place of its bytes."""

    event: Event


class FakeEncoder:
    """Gives each event in the place of its bytes, which begin as real ones do."""

    def start(self, event: Event) -> Encoded:
        piece = event.data if isinstance(event, BodyChunk) else b""
        number = MESSAGES.index(getattr(messages, type(event).__name__, messages.BodyChunk))
        encoded = Encoded(bytes([0x96, number]) + piece)
        encoded.event = event
        return encoded

    headers = body_chunk = dropped_chunk = finish = error = start
    request_received = response_sent = start
    work_answered = work_chunk = dropped_work_chunk = work_finished = start
    socket_opened = socket_frame = dropped_frame = socket_closed = start

    def work_started(self, event: Event, _lifecycle: str) -> Encoded:
        return self.start(event)

    socket_opening = work_started

    def record(self, _event: RecordLogged) -> Encoded:
        return Encoded()


def queue(max_events: int = 100, max_bytes: int = 1000) -> EventQueue:
    return EventQueue(FakeEncoder(), lambda: False, max_events, max_bytes)


def start(number: int) -> RequestStarted:
    return RequestStarted(number, 1, "GET", "http://shop/", [], [], "main")


def response(number: int) -> ResponseStarted:
    return ResponseStarted(number, 2, 200, "OK", "http/1.1", [])


def chunk(number: int, data: bytes) -> BodyChunk:
    return BodyChunk(number, 3, data, sent=False)


def end(number: int) -> ExchangeFinished:
    return ExchangeFinished(number, 4)


def popped(queue: EventQueue) -> list[Event]:
    events: list[Event] = []
    while taken := queue.take():
        for encoded in taken:
            assert isinstance(encoded, Encoded)
            events.append(encoded.event)
    return events


def whole_exchange(queue: EventQueue, number: int, data: bytes = b"body") -> None:
    queue.start(start(number), "")
    queue.headers(response(number), "")
    queue.body_chunk(chunk(number, data), "")
    queue.finish(end(number), "")


def test_events_come_out_in_order() -> None:
    full = queue()
    whole_exchange(full, 1)
    kinds = [RequestStarted, ResponseStarted, BodyChunk, ExchangeFinished]
    assert [type(event) for event in popped(full)] == kinds
    assert full.pop() is None


def test_bytes_of_bodies_are_dropped_first_and_counted() -> None:
    full = queue(max_bytes=10 + 2 * HEAD)
    full.start(start(1), "")
    full.body_chunk(chunk(1, b"12345678"), "")
    full.body_chunk(chunk(1, b"9012"), "")
    full.finish(end(1), "")
    _, *kept, dropped, _ = popped(full)
    assert [piece.data for piece in kept if isinstance(piece, BodyChunk)] == [b"12345678", b"90"]
    assert isinstance(dropped, DroppedChunk)
    assert (dropped.data, dropped.length) == (b"", 2)
    assert full.dropped_body_bytes == 2
    assert full.dropped_exchanges == 0


def test_room_for_bodies_comes_back_with_each_one_that_is_taken() -> None:
    full = queue(max_bytes=10 + HEAD)
    full.start(start(1), "")
    for _ in range(50):
        full.body_chunk(chunk(1, b"12345678"), "")
        full.headers(response(1), "")
        full.pop()
        full.pop()
    assert full.dropped_body_bytes == 0


def test_whole_exchanges_are_dropped_next_and_counted() -> None:
    full = queue(max_events=8)
    for number in range(10):
        whole_exchange(full, number)
    ids = [event.id for event in popped(full)]
    assert ids == [0] * 4 + [1] * 4 + [2] * 4
    assert full.dropped_exchanges == 7


def test_an_exchange_that_got_in_is_told_to_its_end() -> None:
    full = queue(max_events=1)
    full.start(start(1), "")
    full.start(start(2), "")
    full.start(start(3), "")
    for number in (1, 2, 3):
        full.headers(response(number), "")
        full.finish(end(number), "")
    assert [event.id for event in popped(full)] == [1, 2, 1, 1, 2, 2]


def test_a_refused_exchange_stays_out_when_there_is_room_again() -> None:
    full = queue(max_events=0)
    full.start(start(1), "")
    full.start(start(2), "")
    popped(full)
    full.headers(response(2), "")
    full.body_chunk(chunk(2, b"late"), "")
    full.finish(end(2), "")
    assert popped(full) == []


def test_an_id_is_free_again_after_its_refused_exchange() -> None:
    full = queue(max_events=0)
    full.start(start(1), "")
    whole_exchange(full, 2)
    popped(full)
    whole_exchange(full, 2)
    assert len(popped(full)) == 4


def test_an_endless_body_takes_one_event_once_the_queue_is_full() -> None:
    full = queue(max_events=10, max_bytes=1_000_000)
    full.start(start(1), "")
    for _ in range(10_000):
        full.body_chunk(chunk(1, b"x"), "")
    events = popped(full)
    assert len(events) < 15
    last = events[-1]
    assert isinstance(last, DroppedChunk)
    assert last.length == full.dropped_body_bytes == 10_000 - len(events) + 2


def test_a_body_after_its_gap_was_taken_can_have_another() -> None:
    full = queue(max_bytes=0)
    full.start(start(1), "")
    for data in (b"abc", b"de"):
        full.body_chunk(chunk(1, data), "")
        [*_, gap] = popped(full)
        assert isinstance(gap, DroppedChunk)
        assert gap.length == len(data)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["begin", "data", "end", "take"]))
        | st.tuples(st.just(0), st.just("take")),
        max_size=60,
    )
)
def test_every_byte_and_every_exchange_is_carried_or_counted(
    steps: list[tuple[int, str]],
) -> None:
    full = queue(max_events=5, max_bytes=12)
    begun, open_ids, sent, taken = 0, set[int](), 0, list[Event]()
    for number, step in steps:
        if step == "begin" and number not in open_ids:
            open_ids.add(number)
            begun += 1
            full.start(start(number), "")
        elif step == "data" and number in open_ids:
            refused = full.dropped_exchanges
            full.body_chunk(chunk(number, b"12345"), "")
            assert full.dropped_exchanges == refused
            sent += 5
        elif step == "end" and number in open_ids:
            open_ids.remove(number)
            full.finish(end(number), "")
        elif step == "take" and (encoded := full.pop()) is not None:
            assert isinstance(encoded, Encoded)
            taken.append(encoded.event)
    taken += popped(full)
    starts = sum(isinstance(event, RequestStarted) for event in taken)
    carried = sum(len(event.data) for event in taken if isinstance(event, BodyChunk))
    gaps = sum(event.length for event in taken if isinstance(event, DroppedChunk))
    assert starts + full.dropped_exchanges == begun
    assert gaps == full.dropped_body_bytes
    assert carried + gaps <= sent
    if not full.dropped_exchanges:
        assert carried + gaps == sent


@given(st.integers(0, 30), st.integers(0, 40))
def test_nothing_is_shown_half(max_events: int, count: int) -> None:
    full = queue(max_events=max_events)
    for number in range(count):
        whole_exchange(full, number)
    events = popped(full)
    for number in {event.id for event in events}:
        assert len([event for event in events if event.id == number]) == 4


def test_many_threads_may_append_while_one_takes() -> None:
    shared = EventQueue(FakeEncoder(), lambda: False, 1_000_000, 1_000_000_000)
    taken: list[Event] = []
    done = threading.Event()

    def produce(first: int) -> None:
        for number in range(first, first + 500):
            whole_exchange(shared, number)

    def consume() -> None:
        while not done.is_set():
            taken.extend(popped(shared))

    consumer = threading.Thread(target=consume)
    producers = [threading.Thread(target=produce, args=[n * 1000]) for n in range(4)]
    for thread in (consumer, *producers):
        thread.start()
    for thread in producers:
        thread.join()
    done.set()
    consumer.join()
    taken += popped(shared)
    assert len(taken) == 4 * 500 * 4
    assert shared.dropped_exchanges == shared.dropped_body_bytes == 0


def test_a_gap_that_no_message_can_hold_stops_nothing() -> None:
    full = EventQueue(EventEncoder(), lambda: False, max_bytes=0)
    full.body_chunk(BodyChunk(1, 2**64, b"dropped", sent=False), "")
    full.finish(end(1), "")
    told = b"".join([*full.take(), *full.take()])
    assert list(Decoder(magic=False).feed(told)) == [messages.ExchangeFinished(1, 4, None, True)]
