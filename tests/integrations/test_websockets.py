"""What is published of the WebSockets of the library ``websockets``, on both sides."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import ssl
from collections.abc import Generator
from typing import Any

import pytest
import trustme
import websockets.asyncio.client
import websockets.sync.client
from websockets.exceptions import InvalidStatus
from websockets.protocol import Protocol

from tapscope import channels, integrations
from tapscope.channels._identity import current_exchange
from tests.integrations.incoming_recording import recording_incoming
from tests.integrations.socket_recording import Sockets, recording_sockets
from tests.integrations.websocket_talks import (
    BINARY,
    BYTES,
    CHAT,
    CLIENTS,
    CLOSE,
    CONTINUATION,
    GREETING,
    PING,
    PONG,
    SERVERS,
    TEXT,
    on_asyncio,
    on_threads,
    securing,
    talk_in_threads,
    talk_on_asyncio,
)

CODE = b"\x0f\xa1enough"
ORDERLY = ["start", "headers", *["body_chunk"] * 12, "finish"]

each_client = pytest.mark.parametrize("talk", CLIENTS)
each_server = pytest.mark.parametrize("serving", SERVERS)


@each_client
def test_a_client_tells_every_frame_in_the_order_of_the_wire(talk: Any, sockets: Sockets) -> None:
    with on_threads() as served:
        talk(f"{served.url}/talk?to=me", compression=None)
        seen = sockets.only("client")
    assert seen.told() == [
        ("sent", TEXT, GREETING.encode()),
        ("received", TEXT, GREETING.encode()),
        ("sent", BINARY, BYTES),
        ("received", BINARY, BYTES),
        ("sent", TEXT, b"in "),
        ("sent", CONTINUATION, b"pieces"),
        ("sent", CONTINUATION, b""),
        ("received", TEXT, b"in pieces"),
        ("sent", PING, b"there?"),
        ("received", PONG, b"there?"),
        ("sent", CLOSE, CODE),
        ("received", CLOSE, CODE),
    ]
    assert [frame.final for frame in seen.frames[4:7]] == [False, False, True]
    assert seen.events == ORDERLY
    assert (seen.end.code, seen.end.reason, seen.end.clean) == (4001, "enough", True)


@each_server
def test_a_server_tells_every_frame_in_the_order_of_the_wire(
    serving: Any, sockets: Sockets
) -> None:
    with serving() as served:
        talk_in_threads(f"{served.url}/talk?to=me", compression=None)
        seen = sockets.only("server")
    assert seen.told() == [
        ("received", TEXT, GREETING.encode()),
        ("sent", TEXT, GREETING.encode()),
        ("received", BINARY, BYTES),
        ("sent", BINARY, BYTES),
        ("received", TEXT, b"in "),
        ("received", CONTINUATION, b"pieces"),
        ("received", CONTINUATION, b""),
        ("sent", TEXT, b"in pieces"),
        ("received", PING, b"there?"),
        ("sent", PONG, b"there?"),
        ("received", CLOSE, CODE),
        ("sent", CLOSE, CODE),
    ]
    assert seen.events == ORDERLY
    assert (seen.end.code, seen.end.reason, seen.end.clean) == (4001, "enough", True)


@each_client
@each_server
def test_both_sides_tell_the_same_handshake(talk: Any, serving: Any, sockets: Sockets) -> None:
    with serving() as served:
        talk(f"{served.url}/talk?to=me", additional_headers={"X-A": "1"})
        client, server = sockets.only("client"), sockets.only("server")
    assert client.opening.url == server.opening.url == f"{served.url}/talk?to=me"
    assert list(client.opening.headers) == list(server.opening.headers)
    assert list(client.opened.headers) == list(server.opened.headers)
    assert (client.asked("x-a"), client.asked("upgrade")) == ("1", "websocket")
    assert client.answered("sec-websocket-protocol") == "chat"
    for side in (client, server):
        assert (side.opened.status, side.opened.reason) == (101, "Switching Protocols")
        assert side.opened.subprotocol == "chat"
        assert side.opened.connection is not None
        assert side.opened.connection.remote_address == "127.0.0.1"
        assert side.opened.connection.tls is None


@each_client
@each_server
def test_over_tls_the_scheme_is_wss(
    talk: Any, serving: Any, sockets: Sockets, authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    with serving(tls=securing(authority)) as served:
        talk(served.url, ssl=trusting)
        client, server = sockets.only("client"), sockets.only("server")
    assert client.opening.url == server.opening.url == f"{served.url}/"
    assert served.url.startswith("wss:")
    connection = client.opened.connection
    assert connection is not None
    assert (connection.tls or "").startswith("TLS")


def test_payloads_are_told_decompressed_and_how_long_they_were_on_the_wire(
    sockets: Sockets,
) -> None:
    with on_threads() as served:
        talk_in_threads(served.url)
        client, server = sockets.only("client"), sockets.only("server")
    assert client.sent(BINARY) == server.received(BINARY) == [BYTES]
    (length,) = (each.encoded_length for each in client.frames if each.sent and each.opcode == 2)
    assert length is not None
    assert 0 < length < len(BYTES)
    (pong,) = (each for each in client.frames if each.opcode == PONG)
    assert pong.encoded_length == len(b"there?")


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
def test_without_compression_the_length_on_the_wire_is_the_payload_s(
    length: int, sockets: Sockets
) -> None:
    with (
        on_threads() as served,
        websockets.sync.client.connect(
            served.url, compression=None, subprotocols=CHAT
        ) as connection,
    ):
        connection.send(b"x" * length)
        connection.recv()
    for side in ("client", "server"):
        frames = [each for each in sockets.only(side).frames if each.opcode == BINARY]
        assert [each.encoded_length for each in frames] == [length, length]


@each_client
def test_the_stack_shows_where_the_program_connects(talk: Any, sockets: Sockets) -> None:
    with on_threads() as served:
        talk(served.url)
    stack = sockets.only("client").opening.stack
    names = [code.co_name for code in stack if not isinstance(code, int)]
    assert "talk" in names or "talk_in_threads" in names


def test_what_happens_in_a_handler_belongs_to_its_socket(sockets: Sockets) -> None:
    for serving in SERVERS:
        seen: list[int | None] = []

        def note(_: str, seen: list[int | None] = seen) -> None:
            seen.append(current_exchange.get())

        with serving(note) as served:
            talk_in_threads(served.url)
            talk_in_threads(served.url)
        sockets.wait(lambda: all(each.is_over for each in sockets))
        ids = [each.opening.id for each in sockets if each.side == "server"]
        assert seen == [ids[-2], ids[-2], ids[-1], ids[-1]]


def test_a_client_in_a_handler_has_the_handler_s_socket_for_parent(sockets: Sockets) -> None:
    with on_threads() as inner:

        def ask(text: str) -> None:
            if text == GREETING:
                talk_in_threads(f"{inner.url}/inner")

        with on_asyncio(ask) as outer:
            talk_in_threads(f"{outer.url}/outer")
    sockets.wait(lambda: all(each.is_over for each in sockets))
    (outside,) = (e for e in sockets if e.side == "server" and e.opening.url.endswith("/outer"))
    (inside,) = (e for e in sockets if e.side == "client" and e.opening.url.endswith("/inner"))
    assert inside.opening.parent == outside.opening.id
    assert outside.opening.parent is None


@each_client
def test_nobody_there_is_a_failure(talk: Any, sockets: Sockets) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}/nobody"
        with pytest.raises(OSError, match=r"refused|Connect|connect") as raised:
            talk(url)
    seen = sockets.only("client")
    assert (seen.opening.url, seen.events) == (url, ["start", "error"])
    chain = [raised.value, raised.value.__cause__, raised.value.__context__]
    assert seen.error in chain or isinstance(raised.value, type(seen.error))
    assert not _our_frames(raised.value)


@each_client
@each_server
def test_a_refused_handshake_tells_the_answer_and_the_error(
    talk: Any, serving: Any, sockets: Sockets
) -> None:
    with serving() as served:
        with pytest.raises(InvalidStatus) as raised:
            talk(f"{served.url}/private")
        client, server = sockets.only("client"), sockets.only("server")
    assert client.error is raised.value
    assert client.opened.status == server.opened.status == 403
    assert client.events == ["start", "headers", "error"]
    assert server.events == ["start", "headers", "finish"]
    assert not _our_frames(raised.value)


@each_client
def test_each_hop_of_a_redirect_is_a_socket(talk: Any, sockets: Sockets) -> None:
    with on_threads() as served:
        talk(f"{served.url}/moved")
        sockets.wait(lambda: len(sockets) == 4 and all(each.is_over for each in sockets))
    moved, talked = (each for each in sockets if each.side == "client")
    assert (moved.opened.status, moved.answered("location")) == (302, "/talk")
    assert moved.events == ["start", "headers", "finish"]
    assert (talked.opening.url, talked.opened.status) == (f"{served.url}/talk", 101)


def test_a_client_that_is_cancelled_fails_with_that(sockets: Sockets) -> None:
    async def connect(url: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0):
                await websockets.asyncio.client.connect(url)

    asyncio.run(connect("ws://127.0.0.1:9/nobody"))
    assert isinstance(sockets.only("client").error, asyncio.CancelledError)


@each_server
def test_a_plain_request_is_http_and_no_socket(serving: Any, sockets: Sockets) -> None:
    with recording_incoming() as incoming, serving() as served:
        host = served.url.removeprefix("ws://")
        connection = http.client.HTTPConnection(host)
        connection.request("GET", "/health", headers={"X-A": "1"})
        assert connection.getresponse().read() == b"fine\n"
        connection.close()
        seen = incoming.ended()
    assert sockets == []
    assert (seen.started.method, seen.started.url) == ("GET", f"http://{host}/health")
    assert (seen.answer.status, seen.sent) == (200, [b"fine\n"])


@each_server
@pytest.mark.parametrize(
    ("bytes_sent", "name"),
    [
        (b"\x83\x80\0\0\0\0", "ProtocolError"),
        (b"\x82\xff\0\0\0\0\0\xff\xff\xff\0\0\0\0", "PayloadTooBig"),
    ],
)
def test_what_breaks_the_protocol_is_told(
    serving: Any, bytes_sent: bytes, name: str, sockets: Sockets
) -> None:
    with serving() as served, _shaken(served.url) as peer:
        peer.sendall(bytes_sent)
        while peer.recv(4096):
            pass
        peer.close()
        seen = sockets.only("server")
    assert type(seen.error).__name__ == name
    assert [each.opcode for each in seen.frames] == [CLOSE]


@each_server
def test_a_connection_that_ends_without_a_close_frame_is_not_clean(
    serving: Any, sockets: Sockets
) -> None:
    with serving() as served:
        with _shaken(served.url):
            pass
        seen = sockets.only("server")
    assert (seen.end.code, seen.end.reason, seen.end.clean) == (1006, "", False)


@each_server
def test_a_connection_that_is_reset_fails_or_is_not_clean(serving: Any, sockets: Sockets) -> None:
    with serving() as served:
        with _shaken(served.url) as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        seen = sockets.only("server")
    assert isinstance(seen.error, ConnectionResetError) if seen.failed else not seen.end.clean


def test_a_close_frame_without_a_code_is_1005(sockets: Sockets) -> None:
    with on_threads() as served:
        with _shaken(served.url) as peer:
            peer.sendall(b"\x88\x80\0\0\0\0")
            assert peer.recv(4096) == b"\x88\x00"
        seen = sockets.only("server")
    assert (seen.end.code, seen.end.clean) == (1005, True)


@contextlib.contextmanager
def _shaken(url: str) -> Generator[socket.socket]:
    """A connection whose handshake is done."""
    host, _, port = url.removeprefix("ws://").partition(":")
    with socket.create_connection((host, int(port))) as peer:
        peer.sendall(
            b"GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: chat\r\n\r\n"
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += peer.recv(1)
        assert head.startswith(b"HTTP/1.1 101")
        yield peer


def test_a_socket_that_was_opened_unseen_stays_so() -> None:
    with (
        on_threads() as served,
        websockets.sync.client.connect(served.url, subprotocols=CHAT) as connection,
    ):
        with recording_sockets() as sockets:
            connection.send("x")
            connection.recv()
        assert sockets == []


def test_what_is_suppressed_is_not_told(sockets: Sockets) -> None:
    with on_threads() as served, channels.suppress():
        talk_in_threads(served.url)
    assert [each.side for each in sockets] == ["server"]


def test_uninstalled_everything_is_as_it_was() -> None:
    integrations.uninstall()
    assert Protocol.send_frame.__module__ == "websockets.protocol"
    assert not hasattr(Protocol.send_frame, "__wrapped__")
    assert "events_received" not in vars(__import__("websockets").server.ServerProtocol)
    with recording_sockets() as sockets, on_threads() as served:
        talk_in_threads(served.url)
    assert sockets == []


def test_a_subscriber_that_fails_does_not_disturb_the_talk() -> None:
    def fail(event: object, name: str) -> None:
        raise RuntimeError(name, event)

    with channels.subscribe("websocket.**", fail), on_asyncio() as served:
        talk_on_asyncio(served.url)


def _our_frames(error: BaseException) -> list[str]:
    """The frames of tapscope in the traceback of *error*."""
    files: list[str] = []
    traceback = error.__traceback__
    while traceback is not None:
        files.append(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    return [file for file in files if "tapscope/integrations" in file]
