"""The recorder's promises: never more than the budget, and never a lie about what is kept."""

from __future__ import annotations

import errno
import os
import re
from collections import defaultdict
from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.body import Body
from tapscope.agents.host.store.budget import Budget
from tapscope.agents.host.store.exchange import Exchange
from tapscope.agents.host.store.notices import MAX_CHARACTERS, Notices
from tapscope.agents.host.store.process import Process
from tapscope.agents.host.store.recorder import Recorder
from tapscope.agents.host.store.socket_messages import SocketMessages
from tapscope.agents.host.store.weight import ARRIVAL
from tapscope.agents.link.messages import (
    BodyChunk,
    Event,
    ExchangeFinished,
    Limits,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    SocketFrame,
    SocketOpening,
)

BUDGETS = st.builds(
    Budget,
    exchanges=st.integers(1, 6),
    total_bytes=st.integers(0, 100),
    body_bytes=st.integers(0, 60),
    head_bytes=st.sampled_from([0, 3_000, 50_000]),
    spill_bytes=st.sampled_from([0, 30, 120]),
)
IDS = st.integers(1, 8)
STARTS = st.sampled_from(["client", "server", "socket", "events"])
CHUNKS = st.tuples(IDS, st.none() | st.binary(max_size=60), st.booleans())
STEPS = st.one_of(STARTS, CHUNKS, BUDGETS, IDS)


@attrs.define(eq=False)
class Told:
    """A recorder, and all that it was told."""

    budget: Budget
    process: Process = attrs.field(factory=lambda: Process(1, 7, "shop.py", "/srv", 0, ()))
    streams: dict[tuple[int, bool], list[bytes | None]] = attrs.field(
        factory=lambda: defaultdict(list)
    )
    messages: dict[int, list[bytes]] = attrs.field(factory=lambda: defaultdict(list))
    unfinished: dict[tuple[int, bool], bytes] = attrs.field(factory=dict[tuple[int, bool], bytes])
    came: int = 0
    started: int = 0
    recorder: Recorder = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.recorder = Recorder(self.budget)

    def say(self, event: Event) -> Exchange | None:
        return self.recorder.record(self.process, event)

    def start(self, kind: str) -> int:
        self.started += 1
        number, url = self.started, "http://shop/"
        if kind == "client":
            self.say(RequestStarted(number, 1, "GET", url, (), 0, "main", None, None))
        elif kind in {"server", "events"}:
            self.say(
                RequestReceived(number, 1, "GET", url, (), 0, "main", None, "http/1.1", None, None)
            )
            if kind == "events":
                head = ((b"Content-Type", b"text/event-stream"), (b"X-Long", b"x" * number * 100))
                self.say(ResponseSent(number, 1, 200, "", head, None))
        else:
            self.say(SocketOpening(number, 1, "websocket.client", url, (), 0, "main", None))
        return number

    def chunk(self, number: int, data: bytes | None, *, sent: bool) -> None:
        exchange = self.recorder.find(1, number)
        if exchange is not None and exchange.messages is not None:
            self.frame(number, data or b"", sent=sent, final=data is not None)
            return
        length = 7 if data is None else len(data)
        if self.say(BodyChunk(number, 2, length, data, sent)) is not None:
            self.streams[number, sent].append(data)
            self.came += len(data or b"")

    def frame(self, number: int, data: bytes, *, sent: bool, final: bool) -> None:
        before = self.unfinished.pop((number, sent), None)
        self.say(
            SocketFrame(number, 2, 2 if before is None else 0, data, len(data), sent, final, None)
        )
        self.came += len(data)
        whole = (before or b"") + data
        if final:
            self.messages[number].append(whole)
        else:
            self.unfinished[number, sent] = whole

    def limit(self, budget: Budget) -> None:
        self.budget = attrs.evolve(budget, spill_bytes=self.budget.spill_bytes)
        self.recorder.limit(self.budget)

    def kept(self) -> list[Exchange]:
        found: list[Exchange] = []
        last = 0
        while (exchange := self.recorder.after(last)) is not None:
            found.append(exchange)
            last = exchange.sequence
        return found

    def check_never_above(self) -> None:
        exchanges = self.kept()
        bodies = [body for each in exchanges for body in (each.request_body, each.response_body)]
        sockets = [each.messages for each in exchanges if each.messages is not None]
        assert len(exchanges) <= self.budget.exchanges
        held = sum(body.held for body in bodies) + sum(each.held for each in sockets)
        assert held <= self.budget.total_bytes
        assert sum(body.kept - body.held for body in bodies) <= self.budget.spill_bytes
        assert sum(each.newest is not None for each in sockets) <= 1
        weights = sum(exchange.weight for exchange in exchanges)
        assert weights <= self.budget.head_bytes or len(exchanges) == 1

    def check_never_lies(self) -> None:
        exchanges = self.kept()
        for exchange in exchanges:
            serves = exchange.lifecycle == "http.server"
            self._check_body(exchange.request_body, exchange.start.id, sent=not serves)
            self._check_body(exchange.response_body, exchange.start.id, sent=serves)
            if exchange.messages is not None:
                self._check_messages(exchange.messages, exchange.start.id)
            if exchange.arrivals is not None:
                data = exchange.response_body.data()
                pieces = list(exchange.arrivals.pieces(data))
                assert b"".join(piece for _, piece in pieces) == data
                assert exchange.weight > ARRIVAL * len(pieces)
        assert self.recorder.forgotten == self.started - len(exchanges)
        assert self.recorder.losses.exchanges == self.recorder.forgotten
        assert self.recorder.losses.body_bytes == self.came - sum(each.kept for each in exchanges)

    def _check_messages(self, messages: SocketMessages, number: int) -> None:
        kept, came = list(messages), self.messages[number]
        assert messages.missing == len(came) - len(kept)
        assert bool(messages.missing) is bool(messages.cut)
        for message, whole in zip(kept, came[messages.missing :], strict=True):
            assert whole.startswith(message.data)
            assert message.length == len(whole)

    def _check_body(self, body: Body, number: int, *, sent: bool) -> None:
        stream = self.streams[number, sent]
        assert body.length == _length(stream)
        data = body.data()
        assert len(data) == body.kept
        assert _prefix(stream).startswith(data)
        assert (body.kept == body.length) is not bool(body.cut)


def _length(stream: list[bytes | None]) -> int:
    return sum(7 if data is None else len(data) for data in stream)


def _prefix(stream: list[bytes | None]) -> bytes:
    """What came before the first gap."""
    gap = stream.index(None) if None in stream else len(stream)
    return b"".join(data for data in stream[:gap] if data is not None)


@given(BUDGETS, st.lists(STEPS, max_size=60))
def test_whatever_is_told_the_budget_holds_and_nothing_is_made_up(
    budget: Budget, steps: list[str | tuple[int, bytes | None, bool] | Budget | int]
) -> None:
    told = Told(budget)
    for step in steps:
        match step:
            case str():
                told.start(step)
            case Budget():
                told.limit(step)
            case int():
                told.say(ExchangeFinished(step, 3, None, complete=True))
            case number, data, sent:
                told.chunk(number, data, sent=sent)
        told.check_never_above()
    told.check_never_lies()


def of_two(budget: Budget, *sizes: int) -> tuple[Told, list[Exchange]]:
    """A recorder that was told of an exchange for each of *sizes*, which is the body's."""
    told = Told(budget)
    for size in sizes:
        number = told.start("client")
        told.chunk(number, bytes([number]) * size, sent=False)
    return told, told.kept()


def test_what_memory_has_no_room_for_goes_to_the_file_the_oldest_first() -> None:
    _, exchanges = of_two(Budget(total_bytes=50, spill_bytes=1000), 30, 30, 30)
    bodies = [exchange.response_body for exchange in exchanges]
    assert [(body.kept, body.held, body.cut) for body in bodies] == [
        (30, 0, ""),
        (30, 0, ""),
        (30, 30, ""),
    ]
    assert [body.data() for body in bodies] == [bytes([n]) * 30 for n in (1, 2, 3)]


def test_in_the_file_the_oldest_is_overwritten_and_that_is_said() -> None:
    told, exchanges = of_two(Budget(total_bytes=30, spill_bytes=65), 30, 30, 30, 30)
    bodies = [exchange.response_body for exchange in exchanges]
    assert [body.kept for body in bodies] == [0, 30, 30, 30]
    assert bodies[0].cut == "the limit for bodies in a file is 65 bytes"
    assert told.recorder.losses.body_bytes == 30


def test_a_body_goes_on_after_its_beginning_went_to_the_file() -> None:
    told, exchanges = of_two(Budget(total_bytes=40, spill_bytes=1000), 30, 30)
    for piece in (b"more", b" and more"):
        told.chunk(1, piece, sent=False)
    body = exchanges[0].response_body
    assert body.data() == b"\x01" * 30 + b"more and more"
    assert (body.kept, body.cut) == (43, "")


def test_a_full_disk_costs_bodies_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    told, exchanges = of_two(Budget(total_bytes=40, spill_bytes=1000), 30, 30)
    told.check_never_above()
    told.check_never_lies()
    assert "they can't be moved to a file: [Errno 28]" in exchanges[0].response_body.cut


def test_what_the_file_does_not_give_back_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    _, exchanges = of_two(Budget(total_bytes=40, spill_bytes=1000), 30, 30)
    monkeypatch.setattr(os, "pread", broken)
    body = exchanges[0].response_body
    assert body.data() == b""
    assert (body.kept, "can't be read: [Errno 5]" in body.cut) == (0, True)


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        (Limits(), [20, 20, 20]),
        (Limits(total_bytes=45), [0, 20, 20]),
        (Limits(exchanges=1), [20]),
        (Limits(body_bytes=5), [20, 20, 20]),
        (Limits(total_bytes=-1, body_bytes=-1, exchanges=-1), [0]),
    ],
)
def test_a_budget_that_shrinks_holds_at_once(limits: Limits, kept: list[int]) -> None:
    budget = Budget(total_bytes=100)
    told, _ = of_two(budget, 20, 20, 20)
    told.limit(budget.limited(limits))
    assert [exchange.response_body.kept for exchange in told.kept()] == kept


def children(told: Told, number: int) -> None:
    parent = told.start("client")
    for _ in range(number):
        told.started += 1
        told.say(
            RequestStarted(told.started, 1, "GET", "http://shop/", (), 0, "main", parent, None)
        )


def event_stream(told: Told, number: int) -> None:
    parent = told.start("server")
    head = ((b"Content-Type", b"text/event-stream"),)
    told.say(ResponseSent(parent, 1, 200, "", head, None))
    for _ in range(number):
        told.say(BodyChunk(parent, 1, 1, b"\n", sent=True))


@pytest.mark.parametrize("happen", [children, event_stream])
def test_what_grows_without_bodies_is_weighed_too(happen: Callable[[Told, int], None]) -> None:
    told = Told(Budget(exchanges=1))
    happen(told, 0)
    happen(told, 900)
    [exchange] = told.kept()
    if happen is event_stream:
        assert exchange.weight > 900 * 50


def test_what_is_lost_is_told_each_time_it_has_doubled() -> None:
    told = Told(Budget(exchanges=1))
    said: list[str] = []
    for _ in range(100):
        told.start("client")
        if told.recorder.losses.news:
            said.append(told.recorder.losses.tell())
    assert len(said) == 7
    assert said[-1].endswith("64 exchanges, 0 bytes of bodies and messages")


def test_messages_of_a_socket_go_to_the_file_and_can_still_be_read() -> None:
    told = Told(Budget(total_bytes=1000, body_bytes=2000, spill_bytes=10_000))
    number = told.start("socket")
    for count in range(10):
        told.frame(number, b"%d" % count * 100, sent=True, final=True)
        told.check_never_above()
    [exchange] = told.kept()
    assert exchange.messages is not None
    assert [message.data[:1] for message in exchange.messages] == [b"%d" % n for n in range(10)]
    assert told.recorder.losses.body_bytes == 0


@given(st.lists(st.booleans(), max_size=100))
def test_notices_are_bounded_and_what_is_left_out_is_counted(waits: list[bool]) -> None:
    now = 0.0
    notices = Notices(limit=7, each_second=3, clock=lambda: now)
    told: list[str] = []
    for wait in (*waits, True):
        now += wait
        if notice := notices.add("info", "so it is", 1):
            told.append(notice.text)
        assert [each.text for each in notices] == told[-7:]
    counted = [int(found[1]) for text in told if (found := re.search(r"\((\d+) others", text))]
    assert len(told) + sum(counted) == len(waits) + 1


def test_a_notice_is_cut() -> None:
    notice = Notices().add("info", "x" * 100_000, 1)
    assert notice is not None
    assert len(notice.text) == MAX_CHARACTERS
