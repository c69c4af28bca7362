from __future__ import annotations

import contextvars
from collections.abc import Iterator

import pytest

from tapscope.channels import subscribe, suppress
from tapscope.channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    ResponseSent,
)
from tapscope.channels.serving import ServerExchange


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """Every event of ``http.server``, in order."""
    events: list[object] = []
    with subscribe("http.server.**", lambda event, _: events.append(event)):
        yield events


def start(*, from_outside: bool = False) -> ServerExchange:
    exchange = ServerExchange.start(
        "GET", "http://shop.test/", [], "http/1.1", from_outside=from_outside
    )
    assert exchange is not None
    return exchange


def parent_here() -> int | None:
    """Give the parent of what begins here."""
    return start().parent


def test_an_exchange_publishes_its_events_under_one_id(heard: list[object]) -> None:
    exchange = start()
    exchange.received(b"question")
    exchange.responded(200, "OK", [(b"A", b"1")], "shop.home")
    exchange.sent(b"answer")
    exchange.finish()
    kinds = [RequestReceived, BodyChunk, ResponseSent, BodyChunk, ExchangeFinished]
    assert [type(event) for event in heard] == kinds
    assert {getattr(event, "id", None) for event in heard} == {exchange.id}


def test_the_end_says_how_much_was_sent(heard: list[object]) -> None:
    exchange = start()
    exchange.sent(b"four")
    exchange.sent_unseen(3)
    exchange.finish(complete=False)
    end = heard[-1]
    assert isinstance(end, ExchangeFinished)
    assert (end.encoded_length, end.complete) == (7, False)


def test_what_only_the_server_knows_the_length_of_makes_the_whole_unknown(
    heard: list[object],
) -> None:
    exchange = start()
    exchange.sent_unseen(None)
    exchange.sent(b"four")
    exchange.finish()
    end = heard[-1]
    assert isinstance(end, ExchangeFinished)
    assert end.encoded_length is None


def test_only_the_first_end_counts(heard: list[object]) -> None:
    error = ValueError("theirs")
    exchange = start()
    exchange.fail(error)
    exchange.finish()
    exchange.fail(ValueError("another"))
    [_, end] = heard
    assert isinstance(end, ExchangeFailed)
    assert end.error is error


def test_nothing_comes_after_the_end(heard: list[object]) -> None:
    exchange = start()
    exchange.finish()
    exchange.received(b"late")
    exchange.responded(200, "", [])
    exchange.sent(b"late")
    assert [type(event) for event in heard] == [RequestReceived, ExchangeFinished]


def test_the_head_is_sent_once_and_an_empty_piece_never(heard: list[object]) -> None:
    exchange = start()
    exchange.received(b"")
    exchange.responded(200, "", [])
    exchange.responded(500, "", [])
    exchange.sent(b"")
    exchange.finish()
    assert [type(event) for event in heard] == [RequestReceived, ResponseSent, ExchangeFinished]


@pytest.mark.usefixtures("heard")
def test_it_is_the_parent_of_what_happens_between_enter_and_leave() -> None:
    exchange = start()
    exchange.enter()
    assert parent_here() == exchange.id
    exchange.leave()
    assert parent_here() is None


@pytest.mark.usefixtures("heard")
def test_what_happens_in_a_pause_has_the_parent_that_it_has_itself() -> None:
    outer = start()
    outer.enter()
    inner = start()
    inner.enter()
    token = inner.pause()
    assert parent_here() == outer.id
    inner.resume(token)
    assert parent_here() == inner.id
    inner.leave()
    outer.leave()


@pytest.mark.usefixtures("heard")
def test_what_comes_from_outside_has_no_parent_here() -> None:
    stale = start()
    stale.enter()
    exchange = start(from_outside=True)
    exchange.enter()
    token = exchange.pause()
    assert (exchange.parent, parent_here()) == (None, None)
    exchange.resume(token)
    exchange.leave()
    stale.leave()


@pytest.mark.usefixtures("heard")
def test_leaving_in_another_context_does_nothing() -> None:
    exchange = start()
    elsewhere = contextvars.copy_context()
    elsewhere.run(exchange.enter)
    exchange.leave()
    exchange.leave()
    assert (parent_here(), elsewhere.run(parent_here)) == (None, exchange.id)


@pytest.mark.usefixtures("heard")
def test_there_is_no_exchange_where_that_is_suppressed() -> None:
    with suppress():
        assert ServerExchange.start("GET", "http://shop.test/", [], "http/1.1") is None
