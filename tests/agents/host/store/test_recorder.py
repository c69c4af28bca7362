from __future__ import annotations

import tracemalloc

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.budget import Budget
from tapscope.agents.host.store.exchange import Exchange
from tapscope.agents.host.store.process import Process
from tapscope.agents.host.store.recorder import Recorder
from tapscope.agents.link import Decoder, Encoder
from tapscope.agents.link.messages import (
    MAX_STACKS,
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    Frame,
    RequestStarted,
    ResponseStarted,
    StackDefined,
)

SMALL = Budget(exchanges=5, total_bytes=100, body_bytes=40)


def process(number: int = 1) -> Process:
    return Process(number, 7, "shop.py", "/srv", 0, ())


def start(number: int, redirected_from: int | None = None, stack: int = 0) -> RequestStarted:
    return RequestStarted(
        number, 1, "GET", "http://shop/", (), stack, "main", None, redirected_from
    )


def response(number: int) -> ResponseStarted:
    return ResponseStarted(number, 2, 302, "", "http/1.1", (), None, False, None, None)


def chunk(number: int, data: bytes | None, *, sent: bool = False) -> BodyChunk:
    return BodyChunk(number, 3, len(b"lost" if data is None else data), data, sent)


def end(number: int) -> ExchangeFinished:
    return ExchangeFinished(number, 4, None, complete=True)


def all_of(recorder: Recorder) -> list[Exchange]:
    found: list[Exchange] = []
    last = 0
    while (exchange := recorder.after(last)) is not None:
        found.append(exchange)
        last = exchange.sequence
    return found


def kept_bytes(recorder: Recorder) -> int:
    return sum(
        len(exchange.request_body.data()) + len(exchange.response_body.data())
        for exchange in all_of(recorder)
    )


def record(recorder: Recorder, program: Process, number: int, body: bytes = b"") -> None:
    recorder.record(program, start(number))
    if body:
        recorder.record(program, chunk(number, body))
    recorder.record(program, end(number))


def test_the_oldest_exchange_is_forgotten_for_a_new_one() -> None:
    recorder, program = Recorder(SMALL), process()
    for number in range(1, 8):
        record(recorder, program, number)
    assert [exchange.start.id for exchange in all_of(recorder)] == [3, 4, 5, 6, 7]
    assert recorder.forgotten == 2
    assert recorder.newest(1, 1) is None
    assert recorder.record(program, chunk(1, b"late")) is None


def test_of_one_body_a_prefix_is_kept_and_the_reason_said() -> None:
    recorder, program = Recorder(SMALL), process()
    recorder.record(program, start(1))
    for _ in range(3):
        recorder.record(program, chunk(1, b"x" * 25))
    [exchange] = all_of(recorder)
    body = exchange.response_body
    assert (body.length, body.kept, body.data()) == (75, 40, b"x" * 40)
    assert body.cut == "the limit for one body is 40 bytes"


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    recorder, program = Recorder(SMALL), process()
    recorder.record(program, start(1))
    exchange = recorder.record(program, chunk(1, b"x" * 40))
    assert exchange is not None
    assert (exchange.response_body.kept, exchange.response_body.cut) == (40, "")


def test_of_a_body_with_a_gap_only_what_came_before_it_is_kept() -> None:
    recorder, program = Recorder(SMALL), process()
    recorder.record(program, start(1))
    for data in (b"ab", None, b"cd"):
        recorder.record(program, chunk(1, data))
    [exchange] = all_of(recorder)
    body = exchange.response_body
    assert (body.data(), body.length) == (b"ab", 8)
    assert "faster than the link" in body.cut


def test_the_oldest_bodies_go_first_when_all_are_too_many() -> None:
    recorder, program = Recorder(SMALL), process()
    for number in range(1, 5):
        record(recorder, program, number, bytes([number]) * 30)
    bodies = [exchange.response_body for exchange in all_of(recorder)]
    assert [body.kept for body in bodies] == [0, 30, 30, 30]
    assert bodies[0].cut == "the limit for all bodies is 100 bytes"
    assert bodies[0].length == 30


def test_a_body_whose_beginning_is_gone_takes_no_more() -> None:
    recorder, program = Recorder(SMALL), process()
    for number in range(1, 5):
        recorder.record(program, start(number))
        recorder.record(program, chunk(number, b"x" * 30))
    exchange = recorder.record(program, chunk(1, b"y"))
    assert exchange is not None
    assert (exchange.response_body.kept, exchange.response_body.length) == (0, 31)


def test_a_redirect_is_followed_by_the_next_of_its_chain() -> None:
    recorder, program = Recorder(SMALL), process()
    for number in range(1, 4):
        recorder.record(program, start(number, number - 1 or None))
        recorder.record(program, response(number))
    first, second, third = all_of(recorder)
    assert (first.redirected, second.redirected, third.redirected) == (None, first, second)
    assert {exchange.first for exchange in (first, second, third)} == {1}
    assert recorder.newest(1, 1) is third
    assert recorder.newest(1, 2) is None


def test_a_chain_is_found_by_its_first_id_when_that_is_forgotten() -> None:
    recorder, program = Recorder(SMALL), process()
    for number in range(1, 9):
        recorder.record(program, start(number, number - 1 or None))
        recorder.record(program, response(number))
    newest = recorder.newest(1, 1)
    assert newest is not None
    assert newest.start.id == 8


@pytest.mark.parametrize("origin", [2, 99, 3])
def test_what_follows_nothing_that_redirects_is_no_redirect(origin: int) -> None:
    recorder, program = Recorder(SMALL), process()
    recorder.record(program, start(2))
    exchange = recorder.record(program, start(3, origin))
    assert exchange is not None
    assert exchange.redirected is None
    assert exchange.first == 3


def test_a_redirect_is_followed_once() -> None:
    recorder, program = Recorder(SMALL), process()
    recorder.record(program, start(1))
    recorder.record(program, response(1))
    recorder.record(program, start(2, 1))
    third = recorder.record(program, start(3, 1))
    assert third is not None
    assert third.redirected is None


def test_an_exchange_ends_once() -> None:
    recorder, program = Recorder(SMALL), process()
    record(recorder, program, 1)
    assert recorder.record(program, ExchangeFailed(1, 9, "late", "", canceled=False)) is None
    [exchange] = all_of(recorder)
    assert isinstance(exchange.end, ExchangeFinished)


def test_an_id_that_comes_again_replaces_what_it_was() -> None:
    recorder, program = Recorder(SMALL), process()
    for _ in range(100):
        record(recorder, program, 1, b"x" * 30)
    assert len(all_of(recorder)) == 1
    assert kept_bytes(recorder) == 30


def test_processes_are_kept_apart() -> None:
    recorder = Recorder(SMALL)
    one, two = process(1), process(2)
    recorder.record(one, start(1))
    recorder.record(two, start(1))
    recorder.record(two, end(1))
    assert [exchange.start.id for exchange in recorder.unfinished(one)] == [1]
    assert list(recorder.unfinished(two)) == []
    assert recorder.newest(1, 1) is not recorder.newest(2, 1)


def test_a_process_keeps_as_many_stacks_as_it_may_refer_to() -> None:
    program = process()
    for number in range(3 * MAX_STACKS):
        program.define_stack(StackDefined(number, ()))
    assert len(program.stacks) == MAX_STACKS
    assert 3 * MAX_STACKS - 1 in program.stacks


def test_an_exchange_keeps_its_stack_when_the_process_has_no_room_for_it() -> None:
    recorder, program = Recorder(SMALL), process()
    frame = Frame("f", "/srv/shop.py", 1, 0)
    program.define_stack(StackDefined(1, (frame,)))
    exchange = recorder.record(program, start(1, stack=1))
    program.stacks.clear()
    assert exchange is not None
    assert exchange.stack == (frame,)


EVENTS = st.one_of(
    st.builds(start, st.integers(1, 8), st.none() | st.integers(1, 8)),
    st.builds(response, st.integers(1, 8)),
    st.builds(
        chunk,
        st.integers(1, 8),
        st.none() | st.integers(0, 60).map(bytes),
        sent=st.booleans(),
    ),
    st.builds(end, st.integers(1, 8)),
)


@given(st.lists(EVENTS, max_size=80))
def test_whatever_happens_the_budget_holds(
    events: list[RequestStarted | ResponseStarted | BodyChunk | ExchangeFinished],
) -> None:
    recorder, program = Recorder(SMALL), process()
    for event in events:
        recorder.record(program, event)
        exchanges = all_of(recorder)
        assert len(exchanges) <= SMALL.exchanges
        assert kept_bytes(recorder) <= SMALL.total_bytes
        for exchange in exchanges:
            for body in (exchange.request_body, exchange.response_body):
                assert len(body.data()) == body.kept <= SMALL.body_bytes
                assert body.kept == body.length or body.cut


def test_many_short_exchanges_take_no_more_memory_than_few() -> None:
    recorder, program = Recorder(Budget(exchanges=100, total_bytes=5000, body_bytes=100)), process()
    sizes: list[int] = []
    tracemalloc.start()
    for number in range(1, 100_001):
        recorder.record(program, start(number, number - 1))
        recorder.record(program, response(number))
        recorder.record(program, chunk(number, b"x" * 150))
        recorder.record(program, end(number))
        if number % 20_000 == 0:
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(all_of(recorder)) == 100
    assert kept_bytes(recorder) <= 5000
    assert max(sizes) < 2 * min(sizes)
    assert max(sizes) < 2_000_000


def test_heads_are_bounded_too_and_the_oldest_exchanges_go_first() -> None:
    recorder, program = Recorder(Budget(head_bytes=1_000_000)), process()
    for number in range(1, 1001):
        url = f"http://shop/{number}?{'x' * 10_000}"
        recorder.record(program, RequestStarted(number, 1, "GET", url, (), 0, "main", None, None))
    kept = [exchange.start.id for exchange in all_of(recorder)]
    assert 50 < len(kept) < 100
    assert kept == list(range(1001 - len(kept), 1001))


HEADERS = st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=400)), max_size=20)


@given(HEADERS, st.text(max_size=500))
def test_what_a_head_weighs_is_about_what_it_takes(
    headers: list[tuple[bytes, bytes]], url: str
) -> None:
    recorder, program = Recorder(Budget()), process()
    decoder = Decoder(magic=False)
    event = RequestStarted(0, 1, "GET", url, tuple(headers), 0, "main", None, None)
    tracemalloc.start()
    try:
        for number in range(1, 101):
            data = Encoder().encode(attrs.evolve(event, id=number))
            told = next(decoder.feed(data))
            assert isinstance(told, RequestStarted)
            recorder.record(program, told)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    weighed = sum(exchange.weight for exchange in all_of(recorder))
    assert weighed / 3 < taken < weighed * 1.5
