"""What is published of the WebSockets of the library websocket-client."""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
import trustme
import websocket as library

from tapscope import integrations
from tests.integrations.socket_recording import Sockets
from tests.integrations.websocket_talks import (
    BINARY,
    BYTES,
    CLOSE,
    GREETING,
    PING,
    PONG,
    TEXT,
    on_threads,
    securing,
)

websocket: Any = library
CODE = b"\x0f\xa1enough"
OPTIONS: dict[str, Any] = {"subprotocols": ["chat"], "timeout": 60}


def talk(url: str, **options: Any) -> None:
    """Say a text, bytes and a ping, and close."""
    connection = websocket.create_connection(url, **OPTIONS, **options)
    connection.send(GREETING)
    assert connection.recv() == GREETING
    connection.send_binary(BYTES)
    assert connection.recv() == BYTES
    connection.ping(b"there?")
    assert connection.recv_data(control_frame=True) == (PONG, b"there?")
    connection.close(4001, b"enough")


def test_every_frame_is_told_in_the_order_of_the_wire(sockets: Sockets) -> None:
    with on_threads() as served:
        talk(f"{served.url}/talk?to=me")
        client, server = sockets.only("client"), sockets.only("server")
    assert client.told() == [
        ("sent", TEXT, GREETING.encode()),
        ("received", TEXT, GREETING.encode()),
        ("sent", BINARY, BYTES),
        ("received", BINARY, BYTES),
        ("sent", PING, b"there?"),
        ("received", PONG, b"there?"),
        ("sent", CLOSE, CODE),
        ("received", CLOSE, CODE),
    ]
    assert client.events == ["start", "headers", *["body_chunk"] * 8, "finish"]
    assert (client.end.code, client.end.reason, client.end.clean) == (4001, "enough", True)
    assert client.opening.url == server.opening.url
    assert list(client.opening.headers) == list(server.opening.headers)
    assert (client.opened.status, client.opened.subprotocol) == (101, "chat")
    assert client.answered("sec-websocket-accept") == server.answered("sec-websocket-accept")
    assert client.opened.connection is not None


def test_the_stack_shows_where_the_program_connects(sockets: Sockets) -> None:
    with on_threads() as served:
        talk(served.url)
    stack = sockets.only("client").opening.stack
    names = [code.co_name for code in stack if not isinstance(code, int)]
    assert names[:2] == ["create_connection", "talk"]


def test_over_tls_the_scheme_is_wss(
    sockets: Sockets, authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    with on_threads(tls=securing(authority)) as served:
        talk(served.url, sslopt={"context": trusting})
    assert sockets.only("client").opening.url == served.url


def test_a_server_that_closes_is_told_with_its_code(sockets: Sockets) -> None:
    def fail(text: str) -> None:
        raise RuntimeError(text)

    with on_threads(fail) as served:
        connection = websocket.create_connection(served.url, **OPTIONS)
        connection.send("x")
        assert connection.recv_data() == (CLOSE, b"\x03\xf3")
        connection.shutdown()
        client = sockets.only("client")
    assert (client.end.code, client.end.clean) == (1011, True)


def test_a_refused_handshake_tells_the_answer_and_the_error(sockets: Sockets) -> None:
    with on_threads() as served, pytest.raises(websocket.WebSocketBadStatusException) as raised:
        talk(f"{served.url}/private")
    client = sockets.only("client")
    assert (client.opened.status, client.answered("server") is not None) == (403, True)
    assert client.error is raised.value
    assert client.asked("upgrade") == "websocket"


def test_nobody_there_is_a_failure(sockets: Sockets) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}/nobody"
        with pytest.raises(ConnectionRefusedError) as raised:
            talk(url)
    client = sockets.only("client")
    assert (client.opening.url, client.error) == (url, raised.value)


def test_a_connection_that_is_lost_is_not_clean(sockets: Sockets) -> None:
    with on_threads() as served:
        connection = websocket.create_connection(served.url, **OPTIONS)
        connection.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(websocket.WebSocketConnectionClosedException):
            connection.recv()
        client = sockets.only("client")
    assert (client.end.code, client.end.clean) == (1006, False)


def test_an_app_is_told_too(sockets: Sockets) -> None:
    def on_open(app: Any) -> None:
        app.send(GREETING)

    def on_message(app: Any, message: str) -> None:
        assert message == GREETING
        app.close()

    with on_threads() as served:
        app = websocket.WebSocketApp(
            f"{served.url}/app",
            on_open=on_open,
            on_message=on_message,
            subprotocols=["chat"],
        )
        app.run_forever()
        client = sockets.only("client")
    assert client.sent(TEXT) == client.received(TEXT) == [GREETING.encode()]
    assert client.end.code == 1000


def test_uninstalled_nothing_is_told(sockets: Sockets) -> None:
    integrations.uninstall()
    with on_threads() as served:
        talk(served.url)
    assert sockets == []
