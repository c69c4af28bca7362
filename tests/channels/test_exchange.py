from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import pytest

from tapscope.channels import SubscriberFailed, clock, subscribe
from tapscope.channels.exchange import ClientExchange, Operation, new_connection
from tapscope.channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from tapscope.channels.testing import fake_clock


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """Every event of ``http.client``, in order."""
    events: list[object] = []
    with subscribe("http.client.**", lambda event, _: events.append(event)):
        yield events


def start() -> ClientExchange:
    return ClientExchange.start("GET", "http://shop/", [])


def respond(exchange: ClientExchange, status: int) -> None:
    exchange.responded(status, "", "http/1.1", [], None, None, None)
    exchange.finish()


def starts(heard: list[object]) -> list[RequestStarted]:
    return [event for event in heard if isinstance(event, RequestStarted)]


def test_an_exchange_publishes_its_events_under_one_id(heard: list[object]) -> None:
    exchange = start()
    exchange.sent(b"question")
    exchange.responded(200, "OK", "http/1.1", [(b"A", b"1")], None, 1, 2)
    exchange.received(b"answer")
    exchange.finish()
    kinds = [RequestStarted, BodyChunk, ResponseStarted, BodyChunk, ExchangeFinished]
    assert [type(event) for event in heard] == kinds
    assert {getattr(event, "id", None) for event in heard} == {exchange.id}


def test_the_stack_begins_where_the_integration_was_called(heard: list[object]) -> None:
    start()
    [event] = starts(heard)
    code = event.stack[0]
    assert not isinstance(code, int)
    assert code.co_name == "start"


def test_only_the_first_end_counts(heard: list[object]) -> None:
    error = ValueError("late")
    finished = start()
    finished.finish()
    finished.fail(error)
    failed = start()
    failed.fail(error)
    failed.finish()
    ends = [event for event in heard if isinstance(event, ExchangeFinished | ExchangeFailed)]
    assert [(event.id, type(event)) for event in ends] == [
        (finished.id, ExchangeFinished),
        (failed.id, ExchangeFailed),
    ]


def test_the_encoded_length_is_what_was_on_the_wire(heard: list[object]) -> None:
    exchange = start()
    exchange.received(b"abc", wire_length=8)
    exchange.received(b"", wire_length=5)
    exchange.received(b"d")
    exchange.finish()
    assert isinstance(heard[-1], ExchangeFinished)
    assert heard[-1].encoded_length == 14


def test_a_piece_without_bytes_is_no_event(heard: list[object]) -> None:
    exchange = start()
    exchange.sent(b"")
    exchange.received(b"")
    assert len(heard) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_request_after_a_redirect_knows_where_it_came_from(
    heard: list[object], status: int
) -> None:
    with Operation():
        first = start()
        respond(first, status)
        second = start()
        respond(second, 200)
        start()
    assert [event.redirected_from for event in starts(heard)] == [None, first.id, None]


@pytest.mark.parametrize("status", [200, 300, 304, 401, 503])
def test_a_request_after_another_answer_is_no_redirect(heard: list[object], status: int) -> None:
    with Operation():
        respond(start(), status)
        start()
    assert starts(heard)[1].redirected_from is None


def test_without_an_operation_nothing_is_a_redirect(heard: list[object]) -> None:
    respond(start(), 302)
    start()
    assert starts(heard)[1].redirected_from is None


def test_an_operation_inside_another_is_that_one(heard: list[object]) -> None:
    with Operation() as outer:
        with Operation() as inner:
            first = start()
            respond(first, 302)
        start()
    assert inner is outer
    assert starts(heard)[1].redirected_from == first.id


def test_an_operation_can_be_used_again_inside_another() -> None:
    operation = Operation()
    with operation:
        pass
    with Operation() as outer, operation as inner:
        assert inner is outer


def test_the_first_request_of_an_operation_begins_with_it(heard: list[object]) -> None:
    before = clock.now()
    with Operation():
        inside = clock.now()
        start()
        start()
    first, second = starts(heard)
    assert before <= first.at <= inside <= second.at


def test_a_connection_is_reused_from_its_second_exchange_on(heard: list[object]) -> None:
    connection = new_connection()
    for _ in range(2):
        connection.used += 1
        start().responded(200, "OK", "http/1.1", [], connection, None, None)
    responses = [event for event in heard if isinstance(event, ResponseStarted)]
    assert [event.reused for event in responses] == [False, True]


def test_connections_have_ids_of_their_own() -> None:
    assert new_connection().id != new_connection().id


def test_arguments_can_be_given_by_name(heard: list[object]) -> None:
    exchange = ClientExchange.start(headers=[], url="http://shop/", method="PUT", at=7)
    exchange.responded(
        200, "OK", protocol="h2", headers=[], send_end=2, send_start=1, connection=None
    )
    exchange.received(wire_length=4, data=b"12")
    exchange.finish(complete=False)
    started, responded, _, finished = heard
    assert isinstance(started, RequestStarted)
    assert (started.method, started.url, started.at) == ("PUT", "http://shop/", 7)
    assert isinstance(responded, ResponseStarted)
    assert (responded.protocol, responded.send_start, responded.send_end) == ("h2", 1, 2)
    assert isinstance(finished, ExchangeFinished)
    assert (finished.encoded_length, finished.complete) == (4, False)


@pytest.mark.parametrize(
    ("method", "given", "named"),
    [
        ("start", ("GET", "http://shop/"), {}),
        ("start", ("GET", "http://shop/", (), 1, 2), {}),
        ("start", ("GET", "http://shop/", ()), {"method": "PUT"}),
        ("start", ("GET", "http://shop/", ()), {"time": 1}),
        ("received", (), {}),
        ("received", (b"1", 2, 3), {}),
        ("responded", (200, "OK", "h2", (), None, 1, 2, True), {}),
        ("finish", (False,), {}),
    ],
)
def test_wrong_arguments_are_the_callers_mistake(
    heard: list[object], method: str, given: tuple[Any, ...], named: dict[str, Any]
) -> None:
    """They are refused, and nothing is published."""
    exchange = start()
    with pytest.raises(TypeError, match=rf"{method}\(\)"):
        getattr(exchange, method)(*given, **named)
    assert len(heard) == 1


def test_times_are_those_of_the_clock(heard: list[object]) -> None:
    with fake_clock() as time:
        exchange = start()
        time.advance(seconds=2)
        exchange.finish()
    first, last = (getattr(event, "at", 0) for event in heard)
    assert last - first == 2_000_000_000


def test_early_hints_come_with_the_response(heard: list[object]) -> None:
    exchange = start()
    exchange.hinted([(b"Link", b"a")])
    exchange.hinted(((b"Link", b"b"),))
    exchange.responded(200, "OK", "http/1.1", [], None, None, None)
    assert isinstance(heard[-1], ResponseStarted)
    assert heard[-1].early_hints == [(b"Link", b"a"), (b"Link", b"b")]


def test_a_subscriber_that_is_no_python_function_may_fail(reports: list[SubscriberFailed]) -> None:
    """That is reported as that of any other, and the exchange goes on."""
    with subscribe("http.client.start", operator.add):
        exchange = start()
    assert [type(failed.error) for failed in reports] == [TypeError]
    assert not exchange.ended
