"""What front ends are told of WebSockets."""

from __future__ import annotations

import base64
from typing import Any

import attrs
import pytest

from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link.messages import (
    ExchangeFailed,
    Frame,
    SocketClosed,
    SocketFrame,
    SocketOpened,
    SocketOpening,
)
from tests.agents.host.programs import FakeProgram, FrontEnd, HeaderList, make_host, watching

ASKED: HeaderList = ((b"Host", b"shop"), (b"Upgrade", b"websocket"))
ANSWERED: HeaderList = ((b"Upgrade", b"websocket"), (b"X-Tag", b"a"), (b"x-tag", b"b"))
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


@attrs.define
class Talk:
    """A WebSocket of a program, or of its server."""

    program: FakeProgram
    lifecycle: str = "websocket.client"

    def open(self, status: int = 101, reason: str = "Switching Protocols", stack: int = 0) -> None:
        self.begin(stack)
        self.program.say(SocketOpened(1, self.program.tick(), status, reason, ANSWERED, None))

    def begin(self, stack: int = 0) -> None:
        at, url = self.program.tick(), "ws://shop/talk?to=me"
        self.program.say(SocketOpening(1, at, self.lifecycle, url, ASKED, stack, "main", None))

    def frame(self, opcode: int, data: bytes, length: int = 0, *, sent: bool = True) -> None:
        at, length = self.program.tick(), length or len(data)
        self.program.say(
            SocketFrame(1, at, opcode, data, length, sent, final=True, encoded_length=None)
        )

    def close(self, code: int = 1000, reason: str = "", *, clean: bool = True) -> None:
        self.program.say(SocketClosed(1, self.program.tick(), code, reason, clean))

    def fail(self, kind: str, text: str) -> None:
        self.program.say(ExchangeFailed(1, self.program.tick(), kind, text, canceled=False))


@pytest.fixture
def talk() -> Talk:
    return Talk(FakeProgram(make_host()))


def whole(talk: Talk) -> None:
    talk.open()
    talk.frame(TEXT, "grüß dich".encode())
    talk.frame(BINARY, b"\0\xff", sent=False)
    talk.close()


WHOLE = [
    "webSocketCreated",
    "webSocketWillSendHandshakeRequest",
    "webSocketHandshakeResponseReceived",
    "webSocketFrameSent",
    "webSocketFrameReceived",
    "webSocketClosed",
]


def errors(talk: Talk) -> list[str]:
    """The messages of the errors that a front end is told which comes now."""
    return [e["errorMessage"] for e in watching(talk.program.host).told("webSocketFrameError")]


def test_a_socket_is_told_in_the_order_of_its_events_live_and_later(talk: Talk) -> None:
    live = watching(talk.program.host)
    whole(talk)
    late = watching(talk.program.host)
    assert live.names() == WHOLE
    assert late.events == live.events
    assert {event["params"]["requestId"] for event in live.events} == {"1.1"}


def test_handshakes_are_told_with_url_headers_and_clock(talk: Talk) -> None:
    talk.open()
    front_end = watching(talk.program.host)
    (created,) = front_end.told("webSocketCreated")
    (sent,) = front_end.told("webSocketWillSendHandshakeRequest")
    (received,) = front_end.told("webSocketHandshakeResponseReceived")
    assert created["url"] == "ws://shop/talk?to=me"
    assert created["initiator"] == {"type": "other"}
    assert sent["request"] == {"headers": {"Host": "shop", "Upgrade": "websocket"}}
    assert sent["wallTime"] == sent["timestamp"] == pytest.approx(1001.001)
    assert received["response"] == {
        "status": 101,
        "statusText": "Switching Protocols",
        "headers": {"Upgrade": "websocket", "X-Tag": "a\nb"},
        "headersText": "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\nX-Tag: a\r\nx-tag: b\r\n\r\n",
        "requestHeaders": {"Host": "shop", "Upgrade": "websocket"},
        "requestHeadersText": "GET /talk?to=me HTTP/1.1\r\n"
        "Host: shop\r\nUpgrade: websocket\r\n\r\n",
    }


def test_the_initiator_has_the_stack_of_the_call(talk: Talk) -> None:
    talk.program.define_stack(1, Frame("main", "/srv/shop.py", 7, 3))
    talk.open(stack=1)
    front_end = FrontEnd(talk.program.host)
    front_end.ask("Debugger.enable")
    front_end.ask("Network.enable")
    (created,) = front_end.told("webSocketCreated")
    assert created["initiator"]["type"] == "script"
    assert created["initiator"]["stack"]["callFrames"][0]["functionName"] == "main"
    assert front_end.names().index("scriptParsed") < front_end.names().index("webSocketCreated")


@pytest.mark.parametrize(
    ("opcode", "data", "payload"),
    [
        (TEXT, "grüß dich".encode(), "grüß dich"),
        (TEXT, b"", ""),
        (BINARY, b"\0\xff", "AP8="),
        (PING, b"ping", base64.b64encode(b"ping").decode()),
        (CLOSE, b"\x03\xe8bye", base64.b64encode(b"\x03\xe8bye").decode()),
    ],
)
def test_texts_are_told_as_they_are_and_all_else_as_base64(
    talk: Talk, opcode: int, data: bytes, payload: str
) -> None:
    talk.open()
    talk.frame(opcode, data)
    (frame,) = watching(talk.program.host).told("webSocketFrameSent")
    assert frame["response"] == {"opcode": opcode, "mask": True, "payloadData": payload}


@pytest.mark.parametrize(
    ("lifecycle", "sent", "masked"),
    [
        ("websocket.client", True, True),
        ("websocket.client", False, False),
        ("websocket.server", True, False),
        ("websocket.server", False, True),
    ],
)
def test_what_a_client_sends_is_masked(
    talk: Talk, lifecycle: str, *, sent: bool, masked: bool
) -> None:
    talk.lifecycle = lifecycle
    talk.open()
    talk.frame(TEXT, b"x", sent=sent)
    name = "webSocketFrameSent" if sent else "webSocketFrameReceived"
    (frame,) = watching(talk.program.host).told(name)
    assert frame["response"]["mask"] is masked


def test_a_message_that_was_cut_says_how_much_is_missing(talk: Talk) -> None:
    talk.open()
    talk.frame(TEXT, "grü".encode()[:-1], 1_000_000)
    front_end = watching(talk.program.host)
    (frame,) = front_end.told("webSocketFrameSent")
    assert frame["response"]["payloadData"] == "gr"
    assert errors(talk) == ["of the message before this 3 of 1,000,000 bytes were kept"]


def test_the_history_says_how_many_messages_are_missing() -> None:
    talk = Talk(FakeProgram(make_host(Budget(body_bytes=1000))))
    talk.open()
    for number in range(10):
        talk.frame(TEXT, b"%d" % number)
    kept = [told["response"] for told in watching(talk.program.host).told("webSocketFrameSent")]
    assert [frame["payloadData"] for frame in kept] == ["6", "7", "8", "9"]
    assert errors(talk) == [
        "6 messages before this were not kept: the limit for one WebSocket is 1,000 bytes"
    ]


@pytest.mark.parametrize(
    ("code", "clean", "told"),
    [
        (1000, True, []),
        (1001, True, []),
        (1005, True, []),
        (4001, True, ["closed: 4001 enough"]),
        (1006, False, ["closed without a closing handshake: 1006 enough"]),
        (1000, False, ["closed without a closing handshake: 1000 enough"]),
    ],
)
def test_a_close_that_is_not_in_order_is_told(
    talk: Talk, code: int, *, clean: bool, told: list[str]
) -> None:
    talk.open()
    talk.close(code, "enough", clean=clean)
    assert errors(talk) == told


def test_a_handshake_that_is_refused_shows_the_answer_and_the_error(talk: Talk) -> None:
    talk.open(403, "Forbidden")
    talk.fail("websockets.InvalidStatus", "HTTP 403")
    front_end = watching(talk.program.host)
    assert front_end.names()[2:] == [
        "webSocketHandshakeResponseReceived", "webSocketFrameError", "webSocketClosed"
    ]  # fmt: skip
    assert errors(talk) == ["websockets.InvalidStatus: HTTP 403"]


def test_a_refusal_by_the_program_itself_is_no_error(talk: Talk) -> None:
    talk.lifecycle = "websocket.server"
    talk.open(403, "Forbidden")
    talk.close(1006, clean=False)
    assert watching(talk.program.host).names()[2:] == [
        "webSocketHandshakeResponseReceived", "webSocketClosed"
    ]  # fmt: skip


def test_a_socket_without_an_answer_is_shown_as_failed(talk: Talk) -> None:
    talk.begin()
    talk.fail("ConnectionRefusedError", "nobody there")
    front_end = watching(talk.program.host)
    assert front_end.names()[2:] == ["webSocketFrameError", "loadingFailed", "webSocketClosed"]
    (failed,) = front_end.told("loadingFailed")
    assert (failed["type"], failed["errorText"]) == (
        "WebSocket", "ConnectionRefusedError: nobody there"
    )  # fmt: skip


def test_a_program_that_dies_takes_its_sockets_along(talk: Talk) -> None:
    live = watching(talk.program.host)
    talk.open()
    talk.program.die()
    assert live.names()[-2:] == ["webSocketFrameError", "webSocketClosed"]


@pytest.mark.parametrize("command", ["getResponseBody", "getRequestPostData"])
def test_a_socket_has_no_body(talk: Talk, command: str) -> None:
    whole(talk)
    answer: dict[str, Any] = watching(talk.program.host).refusal(
        f"Network.{command}", requestId="1.1"
    )
    assert answer["code"] == -32000
