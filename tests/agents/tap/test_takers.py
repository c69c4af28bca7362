"""What takes events in C does with each what the queue does in Python."""

from __future__ import annotations

import gc
import http
import os
import sys
import weakref
from collections.abc import Callable
from importlib.util import find_spec
from types import CodeType
from typing import Any, cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.tap.encoder import EventEncoder
from tapscope.agents.tap.events import Event
from tapscope.agents.tap.forking import Waking
from tapscope.agents.tap.queue import EventQueue
from tapscope.agents.tap.takers import Take, client_takers, server_takers
from tapscope.channels import Stack, capture_stack
from tapscope.channels._origins import LinkedStack
from tapscope.channels.http import (
    BodyChunk,
    Connection,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
    Security,
)

if find_spec("tapscope.agents.tap._taker") is None and "CI" not in os.environ:
    pytest.skip("tapscope was installed without a compiler", allow_module_level=True)

TAKERS: dict[type, tuple[str, Callable[[EventQueue], tuple[Take, ...]], int]] = {
    RequestStarted: ("start", client_takers, 0),
    ResponseStarted: ("headers", client_takers, 1),
    RequestReceived: ("request_received", server_takers, 0),
    ResponseSent: ("response_sent", server_takers, 1),
    BodyChunk: ("body_chunk", client_takers, 2),
    ExchangeFinished: ("finish", server_takers, 3),
    ExchangeFailed: ("error", server_takers, 4),
}
"""What takes an event in Python, and where what does so in C is found."""
HERE = capture_stack()[:6]
SECURITY = Security("TLS_AES", True, "a", "b", ("a", "*.a"), 1, 2, b"\x30")
CONNECTION = Connection(3, "::1", 443, 10, None, 12, 13, 14, 15, "TLSv1.3", 2, SECURITY)


class AskedQueue(EventQueue):
    """One that keeps which events were left to it, and so to Python."""

    __slots__ = ("__weakref__", "asked", "takers")

    def __init__(self) -> None:
        super().__init__(EventEncoder(), lambda: False)
        self.asked: list[Event] = []
        self.takers: tuple[object, ...] = ()

    def _add(self, event: Any, encode: Callable[[Any], bytes]) -> None:
        self.asked.append(event)
        super()._add(event, encode)


def queue(max_events: int = 1000, max_bytes: int = 1_000_000) -> EventQueue:
    return EventQueue(EventEncoder(), lambda: False, max_events, max_bytes)


def in_python(queue: EventQueue, event: Event) -> None:
    method, _, _ = TAKERS[type(event)]
    getattr(queue, method)(event, "http.any")


def in_c(queue: EventQueue, event: Event) -> None:
    _, takers, place = TAKERS[type(event)]
    takers(queue)[place](event, "http.any")


def left_in(queue: EventQueue) -> list[bytes]:
    left: list[bytes] = []
    while taken := queue.take():
        left += taken
    return left


def start(**changes: Any) -> RequestStarted:
    plain = RequestStarted(1, 2, "GET", "http://shop/", [(b"a", b"b")], HERE, "main", None, None)
    return attrs.evolve(plain, **changes)


def incoming(**changes: Any) -> RequestReceived:
    plain = RequestReceived(1, 2, "GET", "http://shop/", [(b"a", b"b")], "http/1.1", "main")
    return attrs.evolve(plain, **changes)


def answer(**changes: Any) -> ResponseStarted:
    plain = ResponseStarted(1, 3, 200, "OK", "http/1.1", [("a", "b")], CONNECTION, True, 1, 2)
    return attrs.evolve(plain, **changes)


numbers = st.one_of(st.integers(0, 2**64 + 5), st.integers(-(2**63) - 5, 300))
texts = st.text(max_size=40) | st.text("x\ud800ü", max_size=70) | st.just("y" * 300)
pieces = st.binary(max_size=300) | st.just(b"z" * 300) | st.just(bytearray(b"no bytes"))
headers = st.lists(st.tuples(pieces, pieces) | st.tuples(texts, texts), max_size=20)
ALIKE = [cast("CodeType", HERE[0]).replace(), *HERE[1:]]
"""Its first code object is equal to that of the other, and still another one."""
stacks = st.sampled_from(
    [HERE, list(HERE), ALIKE, tuple(HERE), (), [], HERE[:2], cast("Stack", LinkedStack(HERE, ()))]
)
securities = (
    st.just(None)
    | st.just(SECURITY)
    | st.builds(Security, texts, st.booleans(), texts, names=st.lists(texts, max_size=3).map(tuple))
)
connections = st.just(None) | st.builds(
    Connection, numbers, st.none() | texts, tls_end=numbers, security=securities
)
events = st.one_of(
    st.builds(
        RequestStarted, numbers, numbers, texts, texts, headers, stacks, texts, st.none() | numbers
    ),
    st.builds(
        ResponseStarted,
        numbers,
        numbers,
        numbers,
        texts,
        texts,
        headers,
        connections,
        st.booleans(),
        early_hints=headers,
    ),
    st.builds(
        RequestReceived,
        numbers,
        numbers,
        texts,
        texts,
        headers,
        texts,
        texts,
        stacks,
        connections,
        st.none() | texts,
        st.none() | numbers,
    ),
    st.builds(ResponseSent, numbers, numbers, numbers, texts, headers, st.none() | texts),
    st.builds(BodyChunk, numbers, numbers, pieces, st.booleans()),
    st.builds(ExchangeFinished, numbers, numbers, st.none() | numbers, st.booleans()),
    st.builds(ExchangeFailed, st.just(1), st.just(2), st.just(ValueError("no"))),
)


@given(st.lists(events, max_size=8))
def test_every_event_is_left_as_python_leaves_it(published: list[Event]) -> None:
    """Whatever it is made of, and whatever came before."""
    one, other = queue(), queue()
    for event in published:
        in_python(one, event)
        in_c(other, event)
    assert left_in(one) == left_in(other)


@given(st.lists(events, max_size=8), st.integers(-1, 4), st.integers(0, 600))
def test_a_full_queue_drops_what_python_drops(
    published: list[Event], max_events: int, max_bytes: int
) -> None:
    one, other = queue(max_events, max_bytes), queue(max_events, max_bytes)
    for event in published:
        in_python(one, event)
        in_c(other, event)
    assert one.dropped() == other.dropped()
    assert left_in(one) == left_in(other)


PLAIN = {
    "a request": start(),
    "a request with text headers": start(headers=[("a", "ü" * 40)] * 17),
    "a request with a parent": start(parent=7, redirected_from=70_000),
    "a request from nowhere": start(stack=()),
    "a response": answer(),
    "a response without a connection": answer(connection=None, headers=()),
    "a response with hints": answer(early_hints=[(b"link", b"</a.css>")]),
    "an incoming request": incoming(connection=CONNECTION, endpoint="shop.view"),
    "a response that is sent": ResponseSent(1, 2, 200, "", [(b"a", b"b")], "shop.view"),
    "a piece of a body": BodyChunk(1, 2**40, b"x" * 70_000, sent=False),
    "an end": ExchangeFinished(1, 2, None, complete=True),
}
SPECIAL = {
    "a negative number": start(id=-1),
    "a number of more than 63 bits": start(at=2**63),
    "half a character": start(url="http://\ud800/"),
    "more headers than programs send": start(headers=[(b"a", b"b")] * 1001),
    "headers in an iterator's place": start(headers=range(3)),
    "a stack that is new": start(stack=capture_stack()),
    "a stack with parents": start(stack=LinkedStack(HERE, ())),
    "a status of another type": answer(status=http.HTTPStatus.OK),
    "headers of an incoming request in an iterator's place": incoming(headers=range(3)),
    "no bytes": BodyChunk(1, 2, bytearray(b"x"), sent=False),  # type: ignore[arg-type]
    "a large piece of a body": BodyChunk(1, 2, bytes(2**20), sent=False),
}


@pytest.fixture
def asked() -> AskedQueue:
    """A queue that knows two stacks."""
    queue = AskedQueue()
    for stack in (HERE, ()):
        queue.start(start(stack=stack), "")
    left_in(queue)
    queue.asked.clear()
    return queue


@pytest.mark.parametrize("event", PLAIN.values(), ids=PLAIN)
def test_a_plain_event_is_not_left_to_python(asked: AskedQueue, event: Event) -> None:
    in_c(asked, event)
    assert asked.asked == []
    assert len(left_in(asked)) == 1


@pytest.mark.parametrize("event", SPECIAL.values(), ids=SPECIAL)
def test_any_other_event_is(asked: AskedQueue, event: Event) -> None:
    in_c(asked, event)
    assert asked.asked == [event]


def test_an_event_wakes_the_thread_that_rests_after_a_fork() -> None:
    """As whatever stands in for the encoder is asked for every event."""
    woken: list[None] = []
    one = queue()
    waking: Any = Waking(EventEncoder(), lambda: woken.append(None))
    one.encoder = waking
    in_c(one, start())
    in_c(one, ExchangeFinished(1, 2))
    assert len(woken) == 2


def test_what_an_event_holds_is_let_go() -> None:
    name, value = bytearray(b"name").decode(), bytes(bytearray(b"value"))
    one, held = queue(), [name, value]
    before = [sys.getrefcount(each) for each in held]
    for _ in range(100):
        in_c(one, start(headers=[(b"a", value)], thread=name))
        in_c(one, BodyChunk(1, 2, value, sent=False))
        in_c(one, answer(status=-1, reason=name))
    left_in(one)
    assert [sys.getrefcount(each) for each in held] == before


def test_a_queue_that_nobody_has_any_more_goes_with_its_takers() -> None:
    one = AskedQueue()
    one.takers = client_takers(one)
    left = weakref.ref(one)
    del one
    gc.collect()
    assert left() is None


def test_without_a_compiler_the_queue_takes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tapscope.agents.tap._taker", None)
    one = queue()
    for method, takers, place in TAKERS.values():
        assert takers(one)[place] == getattr(one, method)
