"""What is published of the WebSockets of libraries that speak by wsproto."""

from __future__ import annotations

from functools import partial
from typing import Any

import trio
import trio_websocket
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate

from tapscope import integrations
from tests.integrations.socket_recording import Sockets

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
CODE = b"\x0f\xa1enough"


class Pair:
    """A client and a server without a network: what one sends the other has at once."""

    def __init__(self, answer: Event | None = None, **request: Any) -> None:
        self.client = WSConnection(ConnectionType.CLIENT)
        self.server = WSConnection(ConnectionType.SERVER)
        headers = [(b"X-Asked", b"1")]
        asked = Request(host="shop", target="/talk?to=me", extra_headers=headers, **request)
        self.say(self.client, asked)
        self.say(self.server, answer or AcceptConnection(extra_headers=[(b"X-Answered", b"2")]))

    def say(self, speaker: WSConnection, event: Event) -> list[Event]:
        """Send *event*, and give what it is on the other side."""
        other = self.server if speaker is self.client else self.client
        other.receive_data(speaker.send(event))
        return list(other.events())


def talk(pair: Pair) -> None:
    pair.say(pair.client, TextMessage(data="grüß ", message_finished=False))
    pair.say(pair.client, TextMessage(data="dich"))
    pair.say(pair.server, BytesMessage(data=b"\0\xff"))
    (ping,) = pair.say(pair.client, Ping(payload=b"there?"))
    assert isinstance(ping, Ping)
    pair.say(pair.server, ping.response())
    (close,) = pair.say(pair.client, CloseConnection(code=4001, reason="enough"))
    assert isinstance(close, CloseConnection)
    pair.say(pair.server, close.response())


def test_both_sides_tell_every_frame_in_the_order_of_the_wire(sockets: Sockets) -> None:
    talk(Pair())
    client, server = sockets.only("client"), sockets.only("server")
    assert client.told() == [
        ("sent", TEXT, "grüß ".encode()),
        ("sent", CONTINUATION, b"dich"),
        ("received", BINARY, b"\0\xff"),
        ("sent", PING, b"there?"),
        ("received", PONG, b"there?"),
        ("sent", CLOSE, CODE),
        ("received", CLOSE, CODE),
    ]
    other = {"sent": "received", "received": "sent"}
    assert server.told() == [(other[how], opcode, data) for how, opcode, data in client.told()]
    for side in (client, server):
        assert side.events == ["start", "headers", *["body_chunk"] * 7, "finish"]
        assert (side.end.code, side.end.reason, side.end.clean) == (4001, "enough", True)


def test_both_sides_tell_the_handshake(sockets: Sockets) -> None:
    pair = Pair(
        AcceptConnection(subprotocol="chat", extensions=[PerMessageDeflate()]),
        subprotocols=["chat"],
        extensions=[PerMessageDeflate()],
    )
    talk(pair)
    client, server = sockets.only("client"), sockets.only("server")
    for side in (client, server):
        assert side.opening.url == "ws://shop/talk?to=me"
        assert (side.asked("x-asked"), side.asked("host")) == ("1", "shop")
        assert side.asked("sec-websocket-protocol") == "chat"
        assert (side.opened.status, side.opened.reason) == (101, "Switching Protocols")
        assert side.opened.subprotocol == "chat"
        assert side.answered("upgrade") == "websocket"
        assert "permessage-deflate" in (side.answered("sec-websocket-extensions") or "")
    assert client.asked("sec-websocket-key") == server.asked("sec-websocket-key")
    assert client.answered("sec-websocket-accept") == server.answered("sec-websocket-accept")


def test_a_refusal_is_told_on_both_sides(sockets: Sockets) -> None:
    Pair(RejectConnection(status_code=403, headers=[(b"X-Why", b"members only")]))
    for side in ("client", "server"):
        seen = sockets.only(side)
        assert (seen.opened.status, seen.answered("x-why")) == (403, "members only")
        assert seen.events == ["start", "headers", "finish"]


def test_a_connection_that_is_lost_is_not_clean(sockets: Sockets) -> None:
    pair = Pair()
    pair.client.receive_data(None)
    assert [type(event) for event in pair.client.events()] == [CloseConnection]
    client = sockets[0]
    assert (client.end.code, client.end.clean, client.frames) == (1006, False, [])
    del pair
    assert not sockets.only("server").end.clean


def test_trio_websocket_is_told_on_both_sides(sockets: Sockets) -> None:
    async def echo(request: trio_websocket.WebSocketRequest) -> None:
        connection = await request.accept()
        try:
            while True:
                await connection.send_message(await connection.get_message())
        except trio_websocket.ConnectionClosed:
            pass

    async def main() -> str:
        async with trio.open_nursery() as nursery:
            serve = partial(trio_websocket.serve_websocket, echo, "127.0.0.1", 0, None)
            server: Any = await nursery.start(serve)
            url = f"ws://127.0.0.1:{server.port}/talk"
            async with trio_websocket.open_websocket_url(url) as connection:
                await connection.send_message("grüß dich")
                assert await connection.get_message() == "grüß dich"
            nursery.cancel_scope.cancel()
        return url

    url = trio.run(main)
    client, server = sockets.only("client"), sockets.only("server")
    assert client.opening.url == server.opening.url == url
    assert client.sent(TEXT) == client.received(TEXT) == ["grüß dich".encode()]
    assert client.end.code == server.end.code == 1000


def test_uninstalled_nothing_is_told(sockets: Sockets) -> None:
    integrations.uninstall()
    talk(Pair())
    assert sockets == []
