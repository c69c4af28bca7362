"""Exchanges as entries of a HAR file."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link.messages import (
    BodyChunk,
    ConnectionInfo,
    ExchangeFinished,
    Frame,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
    SocketClosed,
    SocketFrame,
    SocketOpened,
    SocketOpening,
    WorkFinished,
    WorkStarted,
)
from tests.agents.host.programs import SECOND, HeaderList
from tests.agents.host.recorded import Json, RecordedHar
from tests.har_schema import HarSchema

MILLISECOND = SECOND // 1000
START = 2 * SECOND
PEER = ConnectionInfo(3, "::1", 8080, None, None, None, None, None, None, None)


@pytest.fixture
def recorded(tmp_path: Path) -> RecordedHar:
    return RecordedHar(tmp_path)


def ask(recorded: RecordedHar, number: int = 1, **fields: Any) -> None:
    """Say that a request has started."""
    start = RequestStarted(
        number, START, "GET", "http://shop/list", (), 0, "main", None, redirected_from=None
    )
    recorded.program.say(attrs.evolve(start, **fields))


def answer(recorded: RecordedHar, number: int = 1, **fields: Any) -> None:
    """Say that its response is there, ten milliseconds later."""
    response = ResponseStarted(
        number, START + 10 * MILLISECOND, 200, "OK", "http/1.1", (), PEER, reused=False,
        send_start=None, send_end=None,
    )  # fmt: skip
    recorded.program.say(attrs.evolve(response, **fields))


def send(recorded: RecordedHar, data: bytes) -> None:
    recorded.program.say(BodyChunk(1, START, len(data), data, sent=True))


def receive(recorded: RecordedHar, data: bytes) -> None:
    at = START + 12 * MILLISECOND
    recorded.program.say(BodyChunk(1, at, len(data), data, sent=False))


def finish(recorded: RecordedHar, number: int = 1, length: int | None = None) -> None:
    at = START + 15 * MILLISECOND
    recorded.program.say(ExchangeFinished(number, at, length, complete=True))


def upload(recorded: RecordedHar, content_type: bytes, body: bytes) -> Json:
    """Give what is told of a request with this body."""
    ask(recorded, method="POST", headers=((b"Content-Type", content_type),))
    send(recorded, body)
    answer(recorded)
    finish(recorded)
    posted: Json = recorded.entry()["request"]["postData"]
    return posted


def download(recorded: RecordedHar, headers: HeaderList, body: bytes) -> Json:
    """Give what is told of a response with this body."""
    ask(recorded)
    answer(recorded, headers=headers)
    receive(recorded, body)
    finish(recorded)
    response: Json = recorded.entry()["response"]
    return response


def pairs(*listed: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in listed]


def test_the_request_is_told_in_wire_order_and_case(recorded: RecordedHar) -> None:
    """Headers of one name stay apart, and a fragment is nobody's business."""
    headers = ((b"Host", b"shop"), (b"X-A", b"1"), (b"x-a", b"2"))
    ask(recorded, url="http://shop/list?a=1&b=&c=d%20e#top", headers=headers)
    answer(recorded)
    finish(recorded)
    request = recorded.entry()["request"]
    assert request["url"] == "http://shop/list?a=1&b=&c=d%20e"
    assert request["httpVersion"] == "HTTP/1.1"
    assert request["headers"] == pairs(("Host", "shop"), ("X-A", "1"), ("x-a", "2"))
    assert request["queryString"] == pairs(("a", "1"), ("b", ""), ("c", "d e"))
    head = b"GET /list?a=1&b=&c=d%20e HTTP/1.1\r\nHost: shop\r\nX-A: 1\r\nx-a: 2\r\n\r\n"
    assert (request["headersSize"], request["bodySize"]) == (len(head), 0)
    assert "postData" not in request


def test_the_response_is_told_with_its_sizes_on_the_wire(recorded: RecordedHar) -> None:
    """The content is as it is read, the sizes are as it came."""
    body = gzip.compress(b"grau " * 100)
    told = download(
        recorded,
        ((b"Content-Type", b"text/plain; charset=utf-8"), (b"Content-Encoding", b"gzip")),
        body,
    )
    assert (told["status"], told["statusText"]) == (200, "OK")
    assert told["content"] == {
        "size": 500,
        "mimeType": "text/plain",
        "compression": 500 - len(body),
        "text": "grau " * 100,
    }
    assert told["bodySize"] == len(body)
    assert told["_transferSize"] == told["headersSize"] + len(body)
    assert told["_error"] is None


def test_what_is_no_text_is_told_in_base64(recorded: RecordedHar) -> None:
    """Pictures and archives survive."""
    told = download(recorded, ((b"Content-Type", b"image/png"),), b"\x89PNG\xff")
    assert told["content"]["encoding"] == "base64"
    assert base64.b64decode(told["content"]["text"]) == b"\x89PNG\xff"


def test_what_was_not_kept_is_told(tmp_path: Path) -> None:
    """A prefix never passes for the whole."""
    recorded = RecordedHar(tmp_path, budget=Budget(body_bytes=4))
    content = download(recorded, ((b"Content-Type", b"text/plain"),), b"long enough")["content"]
    assert content["text"] == "long"
    assert content["size"] == len("long enough")
    assert content["comment"].startswith("4 of 11 bytes were kept: ")


def test_the_wire_s_own_count_of_a_body_wins(recorded: RecordedHar) -> None:
    """A library that tells how much came in all knows more than the pieces do."""
    ask(recorded)
    answer(recorded)
    receive(recorded, b"abc")
    finish(recorded, length=30)
    assert recorded.entry()["response"]["bodySize"] == 30


@pytest.mark.parametrize("status", [206, 304])
def test_a_part_of_the_content_tells_nothing_of_its_compression(
    recorded: RecordedHar, status: int
) -> None:
    """The sizes are of different things then."""
    ask(recorded)
    answer(recorded, status=status)
    finish(recorded)
    assert "compression" not in recorded.entry()["response"]["content"]


@pytest.mark.parametrize(
    ("protocol", "version"),
    [("http/1.0", "HTTP/1.0"), ("http/1.1", "HTTP/1.1"), ("h2", "HTTP/2.0")],
)
def test_versions_are_written_as_the_format_does(
    recorded: RecordedHar, protocol: str, version: str
) -> None:
    """DevTools reads its own spelling back from these."""
    ask(recorded)
    answer(recorded, protocol=protocol)
    finish(recorded)
    entry = recorded.entry()
    assert (entry["request"]["httpVersion"], entry["response"]["httpVersion"]) == (version, version)


def test_what_is_no_text_on_the_wire_has_no_size_of_its_head(recorded: RecordedHar) -> None:
    """HTTP/2 sends a head in a form of its own, and no words beside the status."""
    ask(recorded)
    answer(recorded, protocol="h2", reason="")
    finish(recorded)
    entry = recorded.entry()
    assert entry["request"]["headersSize"] == entry["response"]["headersSize"] == -1
    assert entry["response"]["statusText"] == ""


def test_what_a_cache_gave_was_not_transferred(recorded: RecordedHar) -> None:
    """Its content is there, and its sizes on the wire are none."""
    ask(recorded)
    answer(recorded, from_cache=True)
    receive(recorded, b"kept")
    finish(recorded)
    entry = recorded.entry()
    response = entry["response"]
    assert (entry["_fromCache"], response["content"]["text"]) == ("disk", "kept")
    assert response["bodySize"] == response["_transferSize"] == 0
    assert "compression" not in response["content"]


def test_a_redirect_is_an_entry_of_its_own(recorded: RecordedHar) -> None:
    """It says where it leads, and keeps its own body."""
    ask(recorded)
    answer(recorded, status=302, headers=((b"Location", b"/new"),))
    receive(recorded, b"moved")
    finish(recorded)
    ask(recorded, 2, url="http://shop/new", redirected_from=1)
    answer(recorded, 2)
    finish(recorded, 2)
    old, new = recorded.entries()
    assert old["response"]["redirectURL"] == "/new"
    assert old["response"]["content"]["text"] == "moved"
    assert new["response"]["redirectURL"] == ""


def test_a_failure_is_told_with_what_there_was(recorded: RecordedHar) -> None:
    """Without a response the time went into nothing known."""
    ask(recorded)
    recorded.program.clock = START
    recorded.program.fail(1, "TimeoutError", "too long")
    entry = recorded.entry()
    assert entry["response"]["_error"] == "TimeoutError: too long"
    assert (entry["response"]["status"], entry["response"]["headersSize"]) == (0, -1)
    assert entry["timings"]["blocked"] == entry["time"] == 1


def test_what_has_not_ended_is_told_as_far_as_it_came(recorded: RecordedHar) -> None:
    """The recording may end before the program does."""
    ask(recorded)
    answer(recorded)
    recorded.recording.finish()
    assert b"the recording has ended before this did" in recorded.path.read_bytes()


def test_what_its_program_has_left_behind_failed(recorded: RecordedHar) -> None:
    """The error says how the program ended."""
    ask(recorded)
    assert recorded.entry()["response"]["_error"] == "the program has ended"


@pytest.mark.parametrize(
    ("body", "params"),
    [
        (b"name=Ada&note=a+%26+b&none=", [("name", "Ada"), ("note", "a & b"), ("none", "")]),
        (b"", None),
    ],
)
def test_forms_are_taken_apart(
    recorded: RecordedHar, body: bytes, params: list[tuple[str, str]] | None
) -> None:
    """The text is there beside the fields, as DevTools imports that alone."""
    if params is None:
        ask(recorded, method="POST")
        finish(recorded)
        assert "postData" not in recorded.entry()["request"]
        return
    told = upload(recorded, b"application/x-www-form-urlencoded", body)
    assert told["text"] == body.decode()
    assert told["params"] == pairs(*params)


def test_forms_with_files_are_taken_apart(recorded: RecordedHar) -> None:
    """A file has a name and a type; its bytes stay in the text."""
    body = (
        b'--X\r\nContent-Disposition: form-data; name="who"\r\n\r\nAda\r\n'
        b'--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n1,2\r\n--X--\r\n"
    )
    told = upload(recorded, b"multipart/form-data; boundary=X", body)
    assert told["text"] == body.decode()
    assert told["params"] == [
        {"name": "who", "value": "Ada"},
        {"name": "file", "fileName": "a.csv", "contentType": "text/csv"},
    ]


def test_an_upload_that_is_no_text_is_told_in_base64(recorded: RecordedHar) -> None:
    """The format has no place for that, so it is marked in a field of its own."""
    told = upload(recorded, b"application/octet-stream", b"\xff\xfe\0")
    assert (base64.b64decode(told["text"]), told["_encoding"]) == (b"\xff\xfe\0", "base64")


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        (b"a=1; b=two", [("a", "1"), ("b", "two")]),
        (b'a="q"; b[c]=d; e', [("a", "q"), ("b[c]", "d"), ("e", "")]),
        (b"a=1=2;; ", [("a", "1=2")]),
    ],
)
def test_the_cookies_of_a_request_are_taken_apart(
    recorded: RecordedHar, header: bytes, cookies: list[tuple[str, str]]
) -> None:
    """One that looks strange hides none of the others."""
    ask(recorded, headers=((b"Cookie", header),))
    answer(recorded)
    finish(recorded)
    assert recorded.entry()["request"]["cookies"] == pairs(*cookies)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "a=b; Path=/x; Domain=shop; Secure; HttpOnly; SameSite=Lax",
            {"path": "/x", "domain": "shop", "secure": True, "httpOnly": True, "sameSite": "Lax"},
        ),
        ("a=b; Max-Age=60", {"expires": "1970-01-01T00:17:42.010Z"}),
        (
            "a=b; Expires=Wed, 21 Oct 2015 07:28:00 GMT",
            {"expires": "2015-10-21T07:28:00.000Z"},
        ),
        ("a=b; Expires=never; Max-Age=soon", {}),
        ("a=b; Max-Age=99999999999999", {}),
    ],
)
def test_the_cookies_of_a_response_are_taken_apart(
    recorded: RecordedHar, header: str, expected: Json
) -> None:
    """An age is counted from the response on; what can't be read is left out."""
    told = download(recorded, ((b"Set-Cookie", header.encode()),), b"")
    assert told["cookies"] == [
        {"name": "a", "value": "b", "httpOnly": False, "secure": False} | expected
    ]


def test_the_phases_lie_end_to_end(recorded: RecordedHar) -> None:
    """Their sum is the time from the call to the last byte; TLS is a part of connecting."""
    at = [START + n * MILLISECOND for n in range(20)]
    opened = ConnectionInfo(3, "::1", 443, at[1], at[2], at[2], at[4], at[4], at[7], "TLSv1.3")
    ask(recorded)
    answer(recorded, connection=opened, send_start=at[7], send_end=at[8])
    finish(recorded)
    entry = recorded.entry()
    assert entry["timings"] == {
        "blocked": pytest.approx(1, abs=0.01),
        "_blocked_queueing": pytest.approx(1, abs=0.01),
        "dns": 1,
        "connect": 5,
        "ssl": 3,
        "send": 1,
        "wait": 2,
        "receive": 5,
    }
    assert entry["time"] == pytest.approx(15, abs=0.01)
    assert entry["startedDateTime"] == "1970-01-01T00:16:42.000Z"


def test_the_connection_is_told(recorded: RecordedHar) -> None:
    """By its number, and by the other end's address and port."""
    ask(recorded)
    answer(recorded)
    finish(recorded)
    entry = recorded.entry()
    wanted = ("::1", "8080", "3")
    assert (entry["serverIPAddress"], entry["connection"], entry["_connectionId"]) == wanted


def test_a_socket_in_a_folder_has_no_address(recorded: RecordedHar) -> None:
    """The format has IP addresses only."""
    ask(recorded)
    answer(recorded, connection=attrs.evolve(PEER, remote_address="/run/db", remote_port=None))
    finish(recorded)
    assert {"serverIPAddress", "connection"}.isdisjoint(recorded.entry())


def test_the_initiator_is_the_python_stack(recorded: RecordedHar) -> None:
    """As the protocol has it, lines counted from 0."""
    recorded.program.define_stack(5, Frame("buy", "shop.py", 12, 4))
    ask(recorded, stack=5)
    answer(recorded)
    finish(recorded)
    initiator = recorded.entry()["_initiator"]
    (frame,) = initiator["stack"]["callFrames"]
    assert (initiator["type"], frame["functionName"]) == ("script", "buy")
    assert (frame["url"], frame["lineNumber"]) == ("file:///srv/shop.py", 11)


def test_what_a_server_received_is_told_with_what_it_has_caused(recorded: RecordedHar) -> None:
    """The parent is found by the URL that it has in the file."""
    at = START
    for number in (1, 2):
        url = "http://shop/in"
        recorded.program.say(
            RequestReceived(number, at, "GET", url, (), 0, "main", None, "http/1.1", PEER, None)
        )
    ask(recorded, 3, url="http://db/", parent=2)
    answer(recorded, 3)
    finish(recorded, 3)
    recorded.program.say(ResponseSent(2, at + MILLISECOND, 200, "OK", (), None))
    recorded.program.say(BodyChunk(2, at + MILLISECOND, 2, b"hi", sent=True))
    finish(recorded, 2)
    caused, received, _ = recorded.entries()
    assert caused["_initiator"]["url"] == received["request"]["url"] == "http://shop/in"
    assert received["_resourceType"] == "document"
    assert received["response"]["content"]["text"] == "hi"


def test_an_event_stream_is_told_event_by_event(recorded: RecordedHar) -> None:
    """With the time at which each was whole."""
    ask(recorded)
    answer(recorded, headers=((b"Content-Type", b"text/event-stream"),))
    receive(recorded, b"event: tick\nid: 7\ndata: one\n\n")
    finish(recorded)
    entry = recorded.entry()
    assert entry["_resourceType"] == "eventsource"
    assert entry["_eventSourceMessages"] == [
        {"time": 1002.012, "eventName": "tick", "eventId": "7", "data": "one"}
    ]


def open_socket(recorded: RecordedHar, status: int = 101) -> None:
    asked, answered = ((b"Host", b"shop"),), ((b"Upgrade", b"websocket"),)
    url = "ws://shop/talk"
    recorded.program.say(
        SocketOpening(1, START, "websocket.client", url, asked, 0, "main", None),
        SocketOpened(1, START + 2 * MILLISECOND, status, "", answered, None),
    )


def test_a_websocket_is_told_message_by_message(recorded: RecordedHar) -> None:
    """Texts as they are, all else in base64; an unclean end is an error."""
    open_socket(recorded)
    at = START + 3 * MILLISECOND
    recorded.program.say(
        SocketFrame(1, at, 1, b"hello", 5, sent=True, final=True, encoded_length=None),
        SocketFrame(1, at, 2, b"\xff", 1, sent=False, final=True, encoded_length=None),
        SocketClosed(1, at, 1006, "", clean=False),
    )
    entry = recorded.entry()
    assert entry["_resourceType"] == "websocket"
    assert (entry["request"]["url"], entry["response"]["status"]) == ("ws://shop/talk", 101)
    assert entry["_webSocketMessages"] == [
        {"type": "send", "time": 1002.003, "opcode": 1, "data": "hello"},
        {"type": "receive", "time": 1002.003, "opcode": 2, "data": "/w=="},
        {
            "type": "error",
            "time": 1002.003,
            "opcode": -1,
            "data": "closed without a closing handshake: 1006",
        },
    ]
    assert (entry["timings"]["wait"], entry["timings"]["receive"]) == (2, 1)


def test_what_is_not_http_is_left_out(recorded: RecordedHar) -> None:
    """As DevTools does, whose import has no place for it either."""
    recorded.program.say(
        WorkStarted(1, START, "database", 0, "main", None, b""), WorkFinished(1, START, b"")
    )
    assert recorded.entries() == []


def test_all_of_it_is_valid(recorded: RecordedHar, har_schema: HarSchema) -> None:
    """Whatever has happened, the format's schema and text are kept to."""
    recorded.program.exchange(1, b"\xff" * 10, ((b"Set-Cookie", b"a=b; Max-Age=9"),))
    recorded.program.start(2, method="POST", headers=((b"Cookie", b"a=b"),))
    recorded.program.send(2, b"hello")
    recorded.program.fail(2)
    recorded.program.start(3, url="http://[broken")
    at = recorded.program.tick()
    recorded.program.say(
        SocketOpening(4, at, "websocket.server", "wss://shop/", (), 0, "main", None),
        SocketClosed(4, at, 1000, "", clean=True),
    )
    log = recorded.log()
    assert len(log["entries"]) == 4
    assert har_schema.complaints({"log": log}) == []


VALUES = st.binary(max_size=60) | st.sampled_from(
    [
        b"a=b; Max-Age=1e9; Expires=Thu, 99 Foo 0000 99:99:99",
        b"multipart/form-data; boundary=X",
        b"multipart/form-data; boundary=\xff",
        b"application/x-www-form-urlencoded",
        b"text/event-stream",
        b"gzip",
    ]
)
BODIES = st.binary(max_size=200) | st.sampled_from(
    [b'--X\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--X--', b"%ff=%00&&=;"]
)
NAMES = (b"Cookie", b"Set-Cookie", b"Content-Type", b"Content-Encoding", b"Location")


@given(
    url=st.text(max_size=40) | st.sampled_from(["http://[", "//a?%ff=\0", "http://a?\u2028=#"]),
    sent=st.lists(VALUES, min_size=len(NAMES), max_size=len(NAMES)),
    got=st.lists(VALUES, min_size=len(NAMES), max_size=len(NAMES)),
    body=BODIES,
)
def test_whatever_goes_over_the_wire_can_be_written(
    tmp_path_factory: pytest.TempPathFactory,
    url: str,
    sent: list[bytes],
    got: list[bytes],
    body: bytes,
) -> None:
    """No header and no body costs its exchange the entry."""
    recorded = RecordedHar(tmp_path_factory.mktemp("har"))
    ask(recorded, url=url, headers=tuple(zip(NAMES, sent, strict=True)))
    send(recorded, body)
    answer(recorded, headers=tuple(zip(NAMES, got, strict=True)))
    receive(recorded, body)
    finish(recorded)
    assert len(recorded.entries()) == 1
