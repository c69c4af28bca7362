"""What else of an exchange has a field in the Network domain, and no test of its own elsewhere."""

from __future__ import annotations

import attrs
import pytest

from tapscope.agents.link.messages import (
    BodyChunk,
    ConnectionInfo,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host, watching

NEW = ConnectionInfo(7, "127.0.0.1", 8080, None, None, None, None, None, None, None)
REQUEST = RequestStarted(
    1, 10**9, "GET", "http://shop/", ((b"Priority", b"u=0, i"),), 0, "main", None, None
)
RESPONSE = ResponseStarted(
    1, 2 * 10**9, 200, "OK", "http/1.1", ((b"Content-Type", b"text/plain"),), NEW, False, None, None
)


def front_end_of(*responses: ResponseStarted) -> FrontEnd:
    """One that has seen an exchange with five bytes for each of *responses*."""
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    for number, response in enumerate(responses, start=1):
        program.say(
            attrs.evolve(REQUEST, id=number),
            attrs.evolve(response, id=number),
            BodyChunk(number, 3 * 10**9, 5, b"12345", sent=False),
            ExchangeFinished(number, 4 * 10**9, 9, complete=True),
        )
    return front_end


def test_a_connection_that_is_used_again_is_the_same_one() -> None:
    front_end = front_end_of(RESPONSE, attrs.evolve(RESPONSE, reused=True))
    responses = [told["response"] for told in front_end.told("responseReceived")]
    assert [(each["connectionId"], each["connectionReused"]) for each in responses] == [
        (7, False),
        (7, True),
    ]
    assert {(each["remoteIPAddress"], each["remotePort"]) for each in responses} == {
        ("127.0.0.1", 8080)
    }


def test_work_on_a_request_begins_with_it_as_long_as_nothing_else_is_known() -> None:
    front_end = front_end_of(RESPONSE)
    [sent], [extra] = (
        front_end.told(name) for name in ("requestWillBeSent", "requestWillBeSentExtraInfo")
    )
    assert extra["connectTiming"] == {"requestTime": sent["timestamp"]}
    assert sent["timestamp"] == sent["wallTime"] == 1001.0
    assert sent["request"]["initialPriority"] == "VeryHigh"


@pytest.mark.parametrize(("from_cache", "transferred"), [(False, 9), (True, 0)])
def test_what_a_cache_gives_was_not_transferred(from_cache: bool, transferred: int) -> None:  # noqa: FBT001
    front_end = front_end_of(attrs.evolve(RESPONSE, from_cache=from_cache))
    [received], [data], [finished] = (
        front_end.told(name) for name in ("responseReceived", "dataReceived", "loadingFinished")
    )
    assert received["response"].get("fromDiskCache", False) is from_cache
    assert (received["response"]["encodedDataLength"] > 0) is not from_cache
    assert data["dataLength"] == 5
    head = received["response"]["encodedDataLength"]
    assert finished["encodedDataLength"] == (0 if from_cache else head + transferred)


def test_early_hints_come_before_the_response_that_counts() -> None:
    hints = ((b"Link", b"</style.css>; rel=preload"),)
    front_end = front_end_of(attrs.evolve(RESPONSE, early_hints=hints))
    [told] = front_end.told("responseReceivedEarlyHints")
    assert told["headers"] == {"Link": "</style.css>; rel=preload"}
    names = front_end.names()
    assert names.index("responseReceivedEarlyHints") < names.index("responseReceived")
