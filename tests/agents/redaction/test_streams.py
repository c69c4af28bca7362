"""What is told while it comes: event streams, and messages of WebSockets."""

from __future__ import annotations

from tapscope.agents.link.messages import (
    BodyChunk,
    SocketFrame,
)
from tapscope.agents.redaction import CREDENTIALS
from tapscope.agents.redaction.event_streams import EventStreamRedactor
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.socket_exchange import SocketExchange
from tests.agents.redaction.exchanges import redacting


def test_an_event_stream_is_told_event_by_event() -> None:
    with redacting(CREDENTIALS) as told:
        running = ClientExchange.start("GET", "http://a/", [])
        running.responded(
            200, "", "http/1.1", [("Content-Type", "text/event-stream")], None, None, None
        )
        running.received(b'id: 1\nretry: 5\ndata: {"token":\ndata: "sesame123"}\n\ndata: ha')
        running.received(b"lf\n\n:x\n\ndata: token=sesame123")
        running.finish()
    chunks = [chunk for chunk in told.of(BodyChunk) if isinstance(chunk, BodyChunk)]
    assert [chunk.data for chunk in chunks] == [
        b'id: 1\nretry: 5\ndata: {"token":\ndata: "[redacted]"}\n\n',
        b"data: half\n\n:x\n\n",
        b"data: token=[redacted]\n\n",
    ]


def test_the_end_of_a_language_models_stream_is_no_broken_json() -> None:
    with redacting(CREDENTIALS) as told:
        running = ClientExchange.start("POST", "http://a/", [])
        headers = [("Content-Type", "text/event-stream")]
        running.responded(200, "", "http/1.1", headers, None, None, None)
        running.received(b"data: [DONE]\n\n")
        running.finish()
    [chunk] = told.of(BodyChunk)
    assert isinstance(chunk, BodyChunk)
    assert chunk.data == b"data: [DONE]\n\n"


def test_an_event_stream_that_lost_a_piece_goes_on_with_the_next_event() -> None:
    """What is left of the event may have lost the name of a value."""
    stream = EventStreamRedactor(str)
    assert stream.feed(b"data: 1\n\ndata: {") == b"data: 1\n\n"
    stream.lose()
    assert stream.feed(b"sesame123") == b""
    assert stream.feed(b"}\n\ndata: 2\n\ndata: 3") == b"data: 2\n\n"
    stream.lose()
    assert stream.feed(b"sesame456") == stream.end() == b""


def test_messages_of_websockets_are_json() -> None:
    """Parts of a message are withheld, and what is binary is told as it is."""
    with redacting(CREDENTIALS) as told:
        socket = SocketExchange.connecting("ws://a/?token=sesame123", [])
        assert socket is not None
        socket.opened(101, "", [("Set-Cookie", "a=sesame456")])
        socket.frame(1, '{"token": "sesame123"}', sent=True)
        socket.frame(2, b"\x00\x01", sent=False)
        socket.frame(1, b'{"tok', sent=False, final=False)
        socket.frame(0, b'en": "sesame456"}', sent=False)
        socket.frame(1, "{broken sesame456", sent=False)
        socket.frame(1, "hello", sent=False)
        socket.frame(8, b"\x03\xe8token=sesame456", sent=False)
        socket.close(1000, "token=sesame456")
    frames = [frame for frame in told.of(SocketFrame) if isinstance(frame, SocketFrame)]
    assert [frame.data for frame in frames] == [
        b'{"token": "[redacted]"}',
        b"\x00\x01",
        b"[redacted: 5 bytes, as they are a part of a message]",
        b"[redacted: 17 bytes, as they are a part of a message]",
        b"[redacted: 17 bytes, as they are not JSON]",
        b"hello",
        b"\x03\xe8token=[redacted]",
    ]
    assert frames[0].length == 22
    assert "sesame" not in told.everything()
