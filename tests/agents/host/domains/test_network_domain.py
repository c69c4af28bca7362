"""What front ends are told of exchanges, and what they can ask."""

from __future__ import annotations

import base64
import gzip
import zlib
from typing import Any

import pytest

from tapscope.agents.host.store.budget import Budget
from tests.agents.host.programs import FakeProgram, FrontEnd, HeaderList, make_host, watching

PLAIN: HeaderList = ((b"Content-Type", b"text/plain"),)
GZIP: HeaderList = (*PLAIN, (b"Content-Encoding", b"gzip"))
TEXT = b"What a piece of work is a man! " * 40

WHOLE = [
    "requestWillBeSent",
    "requestWillBeSentExtraInfo",
    "responseReceivedExtraInfo",
    "responseReceived",
    "dataReceived",
    "loadingFinished",
]


def body_of(headers: HeaderList, *pieces: bytes) -> dict[str, Any]:
    """What getResponseBody gives for a response of these *pieces*."""
    host = make_host()
    program = FakeProgram(host)
    program.start(1)
    program.respond(1, headers=headers)
    for piece in pieces:
        program.receive(1, piece)
    program.finish(1)
    return FrontEnd(host).ask("Network.getResponseBody", requestId="1.1")


def test_an_exchange_is_told_live_in_the_order_of_its_events() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.exchange(1, b"body")
    assert front_end.names() == WHOLE


def test_a_front_end_that_comes_late_is_told_the_history() -> None:
    host = make_host()
    program = FakeProgram(host)
    for number in (1, 2, 3):
        program.exchange(number, b"body")
    front_end = watching(host)
    assert front_end.names() == WHOLE * 3
    assert [told["requestId"] for told in front_end.told("loadingFinished")] == [
        "1.1",
        "1.2",
        "1.3",
    ]


def test_without_enabling_nothing_is_told() -> None:
    host = make_host()
    front_end, program = FrontEnd(host), FakeProgram(host)
    program.exchange(1)
    assert front_end.names() == []


def test_enabling_twice_tells_once() -> None:
    host = make_host()
    program = FakeProgram(host)
    program.exchange(1, b"body")
    front_end = watching(host)
    front_end.ask("Network.enable")
    program.exchange(2, b"body")
    assert front_end.names() == WHOLE * 2


def test_after_disabling_nothing_is_told_not_even_what_waits_in_the_history() -> None:
    host = make_host()
    front_end, program = FrontEnd(host), FakeProgram(host)
    for number in (1, 2, 3):
        program.exchange(number, b"body")
    front_end.say("Network.enable")
    front_end.take(1)
    front_end.ask("Network.disable")
    program.exchange(4)
    assert len(front_end.told("requestWillBeSent")) <= 1


def test_enabling_anew_tells_the_history_anew() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.exchange(1, b"body")
    front_end.ask("Network.disable")
    program.exchange(2, b"body")
    front_end.ask("Network.enable")
    assert front_end.names() == WHOLE * 3
    assert [told["requestId"] for told in front_end.told("requestWillBeSent")] == [
        "1.1",
        "1.1",
        "1.2",
    ]


def test_two_front_ends_are_told_the_same() -> None:
    host = make_host()
    one, other, program = watching(host), watching(host), FakeProgram(host)
    program.exchange(1, b"body")
    program.start(2)
    program.fail(2)
    assert one.take_all() == other.take_all() != []


def test_two_programs_are_kept_apart_by_their_numbers() -> None:
    host = make_host()
    front_end = watching(host)
    for program in (FakeProgram(host), FakeProgram(host)):
        program.exchange(
            1, f"program {program.peer.process and program.peer.process.number}".encode()
        )
    assert [told["requestId"] for told in front_end.told("requestWillBeSent")] == ["1.1", "2.1"]
    for number in (1, 2):
        answer = front_end.ask("Network.getResponseBody", requestId=f"{number}.1")
        assert answer["body"] == f"program {number}"


def test_a_request_is_told_with_its_headers_and_times() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.start(1, method="POST", url="http://shop/buy?n=1",
                  headers=((b"X", b"1"), (b"x", b"2"), (b"Content-Length", b"3")))  # fmt: skip
    [told] = front_end.told("requestWillBeSent")
    assert told["request"]["url"] == told["documentURL"] == "http://shop/buy?n=1"
    assert told["request"]["method"] == "POST"
    assert told["request"]["headers"] == {"X": "1, 2", "Content-Length": "3"}
    assert told["request"]["hasPostData"] is True
    assert told["timestamp"] == told["wallTime"] == pytest.approx(1001.001)
    assert told["type"] == "XHR"


@pytest.mark.parametrize("headers", [(), ((b"Content-Length", b"0"),)])
def test_a_request_without_a_body_says_so(headers: HeaderList) -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.start(1, headers=headers)
    assert not front_end.told("requestWillBeSent")[0]["request"].get("hasPostData")


def test_bytes_of_headers_are_latin_1() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.start(1, headers=((b"A", b"\xfc"),))
    assert front_end.told("requestWillBeSent")[0]["request"]["headers"] == {"A": "ü"}


@pytest.mark.parametrize(
    ("headers", "pieces", "body", "is_base64"),
    [
        (PLAIN, ["grün".encode()], "grün", False),
        (PLAIN, [b"gr\xc3", b"\xbcn"], "grün", False),
        (((b"Content-Type", b"application/json"),), [b'{"a": 1}'], '{"a": 1}', False),
        (((b"Content-Type", b"text/plain; charset=latin-1"),), [b"gr\xfcn"], "grün", False),
        (GZIP, [gzip.compress(TEXT)], TEXT.decode(), False),
        (GZIP, [gzip.compress(TEXT)[:9], gzip.compress(TEXT)[9:]], TEXT.decode(), False),
        ((*PLAIN, (b"content-encoding", b"deflate")), [zlib.compress(TEXT)], TEXT.decode(), False),
        (((b"Content-Type", b"image/png"),), [b"\x89PNG\xff"], "iVBOR/8=", True),
        ((), [b"\xff"], "/w==", True),
        ((), [b"text all the same"], "text all the same", False),
        (PLAIN, [], "", False),
        (((b"Content-Type", b"image/png"),), [], "", False),
    ],
)  # fmt: skip
def test_a_body_is_given_decoded_and_as_text_where_it_is_one(
    headers: HeaderList,
    pieces: list[bytes],
    body: str,
    is_base64: bool,  # noqa: FBT001
) -> None:
    answer = body_of(headers, *pieces)
    assert answer == {"body": body, "base64Encoded": is_base64}


def test_a_body_can_be_asked_for_again() -> None:
    host = make_host()
    program = FakeProgram(host)
    program.exchange(1, b"body", PLAIN)
    front_end = FrontEnd(host)
    answers = [front_end.ask("Network.getResponseBody", requestId="1.1") for _ in range(3)]
    assert answers == [{"body": "body", "base64Encoded": False}] * 3


def test_of_a_body_that_is_not_finished_what_is_there_is_given() -> None:
    host = make_host()
    front_end, program = FrontEnd(host), FakeProgram(host)
    program.start(1)
    assert (
        "no response yet"
        in front_end.refusal("Network.getResponseBody", requestId="1.1")["message"]
    )
    program.respond(1, headers=GZIP)
    half = gzip.compress(TEXT)[:-20]
    program.receive(1, half)
    assert TEXT.decode().startswith(
        front_end.ask("Network.getResponseBody", requestId="1.1")["body"]
    )


def test_a_body_that_was_cut_says_how_much_is_kept_and_why() -> None:
    host = make_host(Budget(body_bytes=10))
    program = FakeProgram(host)
    program.exchange(1, b"0123456789abcdef", PLAIN)
    body = FrontEnd(host).ask("Network.getResponseBody", requestId="1.1")["body"]
    assert body.startswith("0123456789\n")
    assert "10 of 16 bytes" in body
    assert "limit for one body" in body


def test_a_body_that_was_not_kept_says_why() -> None:
    host = make_host(Budget(total_bytes=20))
    program = FakeProgram(host)
    for number in (1, 2):
        program.exchange(number, b"x" * 15, PLAIN)
    error = FrontEnd(host).refusal("Network.getResponseBody", requestId="1.1")
    assert error["code"] == -32000
    assert "15 bytes" in error["message"]
    assert "limit for all bodies is 20 bytes" in error["message"]


def test_an_exchange_that_is_forgotten_is_told_as_such() -> None:
    host = make_host(Budget(exchanges=1))
    program = FakeProgram(host)
    program.exchange(1)
    program.exchange(2)
    assert (
        "any more" in FrontEnd(host).refusal("Network.getResponseBody", requestId="1.1")["message"]
    )


@pytest.mark.parametrize(
    "wanted", ["", ".", "1", "1.", ".1", "1.99", "2.1", "1.1.1", "-1.1", "1.-1", "1.1 ", "x.y",
               "1.①", "1." + "9" * 5000, "requestId"]
)  # fmt: skip
@pytest.mark.parametrize(
    "command", ["getResponseBody", "getRequestPostData", "streamResourceContent"]
)
def test_an_unknown_request_is_an_error_whatever_its_id_looks_like(
    command: str, wanted: str
) -> None:
    host = make_host()
    FakeProgram(host).exchange(1)
    error = FrontEnd(host).refusal(f"Network.{command}", requestId=wanted)
    assert error["code"] == -32000
    assert wanted[:20] in error["message"]


def test_the_body_of_a_request_is_given_as_far_as_it_was_sent() -> None:
    host = make_host()
    front_end, program = FrontEnd(host), FakeProgram(host)
    program.start(
        1, method="POST", headers=((b"Content-Type", b"application/x-www-form-urlencoded"),)
    )
    refused = front_end.refusal("Network.getRequestPostData", requestId="1.1")
    assert "no body" in refused["message"]
    program.send(1, b"a=1&")
    program.send(1, b"b=2")
    answer = front_end.ask("Network.getRequestPostData", requestId="1.1")
    assert answer == {"postData": "a=1&b=2", "base64Encoded": False}


def test_a_request_body_that_is_no_text_is_base64() -> None:
    host = make_host()
    program = FakeProgram(host)
    program.start(1, method="PUT")
    program.send(1, b"\xff\xfe")
    answer = FrontEnd(host).ask("Network.getRequestPostData", requestId="1.1")
    assert answer == {"postData": "//4=", "base64Encoded": True}


def streamed(front_end: FrontEnd, buffered: dict[str, Any]) -> bytes:
    """What a front end puts together: what it got at first, and each piece after that."""
    pieces = [told["data"] for told in front_end.told("dataReceived") if "data" in told]
    return b"".join(base64.b64decode(piece) for piece in [buffered["bufferedData"], *pieces])


@pytest.mark.parametrize("at", [0, 1, 5, 30])
@pytest.mark.parametrize(("headers", "encode"), [(PLAIN, bytes), (GZIP, gzip.compress)])
def test_a_streamed_body_is_whole_from_wherever_the_stream_begins(
    headers: HeaderList, encode: Any, at: int
) -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    stream = encode(TEXT)
    pieces = [stream[start : start + 20] for start in range(0, len(stream), 20)]
    program.start(1)
    program.respond(1, headers=headers)
    buffered = {"bufferedData": ""}
    for index, piece in enumerate(pieces):
        if index == min(at, len(pieces) - 1):
            buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")
        program.receive(1, piece)
    program.finish(1)
    assert streamed(front_end, buffered) == TEXT


def test_only_who_asked_gets_the_bytes() -> None:
    host = make_host()
    asking, other, program = watching(host), watching(host), FakeProgram(host)
    program.start(1)
    program.respond(1, headers=PLAIN)
    asking.ask("Network.streamResourceContent", requestId="1.1")
    program.receive(1, b"body")
    assert asking.told("dataReceived")[0]["data"] == "Ym9keQ=="
    assert "data" not in other.told("dataReceived")[0]


@pytest.mark.parametrize("limit", [0, 3, 5, 7, 12, 100])
def test_one_who_wants_less_of_a_body_gets_less_of_its_stream(limit: int) -> None:
    host = make_host()
    modest, other, program = FrontEnd(host), watching(host), FakeProgram(host)
    modest.ask("Network.enable", maxResourceBufferSize=limit)
    program.start(1)
    program.respond(1)
    program.receive(1, b"first")
    both = (modest, other)
    buffered = [each.ask("Network.streamResourceContent", requestId="1.1") for each in both]
    for piece in (b"second", b"third"):
        program.receive(1, piece)
    whole = b"firstsecondthird"
    assert [streamed(each, begun) for each, begun in zip(both, buffered, strict=True)] == [
        whole[:limit],
        whole,
    ]
    assert sum(told["dataLength"] for told in modest.told("dataReceived")) == len(whole)


def test_one_who_wants_only_the_newest_bodies_streams_no_older_one() -> None:
    host = make_host()
    modest, program = FrontEnd(host), FakeProgram(host)
    modest.ask("Network.enable", maxTotalBufferSize=12)
    for number in (1, 2):
        program.exchange(number, b"12345678")
    assert modest.ask("Network.streamResourceContent", requestId="1.2")["bufferedData"]
    refused = modest.refusal("Network.streamResourceContent", requestId="1.1")
    assert "(maxTotalBufferSize)" in refused["message"]


def test_a_body_that_is_over_can_still_be_streamed_at_once() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.exchange(1, gzip.compress(TEXT), GZIP)
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")
    assert base64.b64decode(buffered["bufferedData"]) == TEXT


def test_after_a_gap_a_stream_has_no_nonsense_in_it() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    stream = gzip.compress(TEXT)
    program.start(1)
    program.respond(1, headers=GZIP)
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")
    program.receive(1, stream[:50])
    program.lose(1, 10)
    program.receive(1, stream[60:])
    assert TEXT.startswith(streamed(front_end, buffered))


def test_a_front_end_that_was_away_gets_no_nonsense_when_it_comes_back() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    stream = gzip.compress(TEXT)
    program.start(1)
    program.respond(1, headers=GZIP)
    program.receive(1, stream[:30])
    front_end.ask("Network.disable")
    program.receive(1, stream[30:50])
    front_end.ask("Network.enable")
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")
    program.receive(1, stream[50:])
    assert streamed(front_end, buffered) == TEXT


def test_received_data_is_counted_decoded_and_as_it_was_on_the_wire() -> None:
    host = make_host()
    live, program = watching(host), FakeProgram(host)
    stream = gzip.compress(TEXT)
    program.start(1)
    program.respond(1, headers=GZIP)
    program.receive(1, stream[:30])
    program.receive(1, stream[30:])
    for front_end in (live, watching(host)):
        told = front_end.told("dataReceived")
        assert sum(each["dataLength"] for each in told) == len(TEXT)
        assert sum(each["encodedDataLength"] for each in told) == len(stream)


def test_redirects_are_one_request_whose_last_body_is_given() -> None:
    host = make_host()
    live, program = watching(host), FakeProgram(host)
    program.exchange(1, b"moved", PLAIN, status=302)
    program.exchange(2, b"again", PLAIN, status=307, redirected_from=1)
    program.exchange(3, b"here", PLAIN, redirected_from=2)
    for front_end in (live, watching(host)):
        told = front_end.told("requestWillBeSent")
        assert [each["requestId"] for each in told] == ["1.1"] * 3
        assert [each.get("redirectResponse", {}).get("status") for each in told] == [None, 302, 307]
        assert [each["redirectHasExtraInfo"] for each in told] == [False, True, True]
        answer = front_end.ask("Network.getResponseBody", requestId="1.1")
        assert answer["body"] == "here"


@pytest.mark.parametrize("canceled", [False, True])
def test_a_failure_is_told_with_its_error(canceled: bool) -> None:  # noqa: FBT001
    host = make_host()
    live, program = watching(host), FakeProgram(host)
    program.start(1)
    program.fail(1, "ConnectionRefusedError", "[Errno 111] refused", canceled=canceled)
    for front_end in (live, watching(host)):
        [told] = front_end.told("loadingFailed")
        assert told["errorText"] == "ConnectionRefusedError: [Errno 111] refused"
        assert told.get("canceled", False) is canceled


def test_a_failure_without_a_text_is_told_by_its_class() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    program.start(1)
    program.fail(1, "TimeoutError")
    assert front_end.told("loadingFailed")[0]["errorText"] == "TimeoutError"


@pytest.mark.parametrize("headers", [GZIP, PLAIN])
def test_an_exchange_that_never_gets_a_response_is_shown(headers: HeaderList) -> None:
    host = make_host()
    program = FakeProgram(host)
    program.start(1, headers=headers)
    assert watching(host).names() == WHOLE[:2]
