"""The times of a request's phases, as DevTools draws them."""

from __future__ import annotations

import pytest

from tapscope.agents.host.domains.network.timing import resource_timing
from tapscope.agents.host.store.exchange import Exchange
from tapscope.agents.host.store.process import NO_STACK, Process
from tapscope.agents.link.messages import (
    ConnectionInfo,
    RequestReceived,
    RequestStarted,
    ResponseStarted,
    Start,
    WorkStarted,
)

MILLISECOND = 1_000_000
START = 1000 * MILLISECOND


def at(milliseconds: int) -> int:
    return START + milliseconds * MILLISECOND


FRESH = ConnectionInfo(
    1, "127.0.0.1", 443, at(2), at(3), at(3), at(5), at(5), at(9), "TLSv1.3"
)  # fmt: skip


PROCESS = Process(1, 7, "", "", 0, ())
RECEIVED = RequestReceived(
    1, START, "GET", "https://shop/", (), 0, "main", None, "http/1.1", None, None
)
WORK = WorkStarted(1, START, "acme.job", 0, "main", None, b"\x80")


def exchange(connection: ConnectionInfo | None, *, reused: bool, send: int | None) -> Exchange:
    started = RequestStarted(1, START, "GET", "https://shop/", (), 0, "main", None, None)
    answered = ResponseStarted(
        1, at(20), 200, "OK", "http/1.1", (), connection, reused, send, send and send + MILLISECOND
    )
    return Exchange(1, PROCESS, started, NO_STACK, 1, response=answered)


def test_the_phases_of_a_fresh_connection_follow_queueing() -> None:
    """They count from the first of them; what was before it is the wait until then."""
    timing = resource_timing(exchange(FRESH, reused=False, send=at(9)), at(20))
    assert timing.request_time == pytest.approx((at(2) - 1000) / 1e9)
    assert (timing.dns_start, timing.dns_end) == (0.001, 1.001)
    assert (timing.connect_start, timing.connect_end) == (1.001, 7.001)
    assert (timing.ssl_start, timing.ssl_end) == (3.001, 7.001)
    assert (timing.send_start, timing.send_end) == (7.001, 8.001)
    assert timing.receive_headers_end == 18.001


def test_a_used_connection_has_no_phases_of_opening() -> None:
    """An earlier exchange opened it, and shows them."""
    timing = resource_timing(exchange(FRESH, reused=True, send=at(1)), at(20))
    assert {timing.dns_start, timing.connect_start, timing.connect_end, timing.ssl_start} == {-1}
    assert (timing.send_start, timing.send_end) == (0.001, 1.001)


def test_what_a_library_can_not_tell_is_absent() -> None:
    """Without a connection and without times only the response's remains."""
    timing = resource_timing(exchange(None, reused=False, send=None), at(20))
    assert timing.request_time == START / 1e9
    assert {timing.dns_start, timing.connect_start, timing.send_start} == {-1}
    assert timing.receive_headers_end == 20


@pytest.mark.parametrize("start", [RECEIVED, WORK], ids=["incoming", "work"])
def test_what_is_no_request_of_a_client_only_waits(start: Start) -> None:
    """From its start to the first of its outcome: a bar of its own, with nothing before it."""
    timing = resource_timing(Exchange(1, PROCESS, start, NO_STACK, 1), at(20))
    assert timing.request_time == START / 1e9
    assert {timing.dns_start, timing.connect_start, timing.ssl_start} == {-1}
    assert (timing.send_start, timing.send_end) == (0.001, 0.001)
    assert timing.receive_headers_end == 20
