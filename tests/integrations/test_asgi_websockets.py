"""What is published of the WebSockets that ASGI servers accept."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import uvicorn
import websockets.sync.client
from websockets.exceptions import InvalidStatus

from tapscope.channels._identity import current_exchange
from tests.integrations.asgi_servers import by_hypercorn_on_asyncio, by_hypercorn_on_trio
from tests.integrations.socket_recording import Sockets
from tests.integrations.websocket_talks import (
    BINARY,
    BYTES,
    CHAT,
    CLOSE,
    GREETING,
    PING,
    PONG,
    TEXT,
    talk_in_threads,
)

Serving = Callable[[Any], AbstractContextManager[str]]


@contextmanager
def by_uvicorn(app: Any, implementation: Any) -> Generator[str]:
    config = uvicorn.Config(
        app, port=0, ws=implementation, log_level="critical", lifespan="off", loop="asyncio"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


SERVERS: dict[str, Serving] = {
    "uvicorn-websockets": functools.partial(by_uvicorn, implementation="websockets-sansio"),
    "uvicorn-wsproto": functools.partial(by_uvicorn, implementation="wsproto"),
    "hypercorn-asyncio": by_hypercorn_on_asyncio,
    "hypercorn-trio": by_hypercorn_on_trio,
}


class Echo:
    """An application that sends back what it gets.

    Attributes:
        parents: What the exchange was that its messages belonged to.
    """

    def __init__(self) -> None:
        self.parents: list[int | None] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        if scope["path"] == "/private":
            await send({"type": "websocket.close"})
            return
        if scope["path"] == "/denied":
            headers = [(b"x-why", b"members only")]
            await send({"type": "websocket.http.response.start", "status": 418, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": b"no"})
            return
        await send({"type": "websocket.accept", "subprotocol": "chat"})
        while (message := await receive())["type"] == "websocket.receive":
            self.parents.append(current_exchange.get())
            kind = "bytes" if message.get("bytes") is not None else "text"
            await send({"type": "websocket.send", kind: message[kind]})


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest, echo: Echo) -> Iterator[str]:
    with SERVERS[request.param](echo) as url:
        yield url.replace("http:", "ws:")


def test_the_server_tells_what_the_client_does(url: str, sockets: Sockets, echo: Echo) -> None:
    talk_in_threads(f"{url}/talk?to=me", compression=None)
    client, server = sockets.only("client"), sockets.only("server")
    assert server.opening.url == client.opening.url == f"{url}/talk?to=me"
    assert server.asked("sec-websocket-key") == client.asked("sec-websocket-key")
    assert server.opened.status == 101
    assert server.opened.subprotocol == server.answered("sec-websocket-protocol") == "chat"
    assert server.answered("sec-websocket-accept") == client.answered("sec-websocket-accept")
    assert server.received(TEXT)[0] == server.sent(TEXT)[0] == GREETING.encode()
    assert server.received(BINARY) == server.sent(BINARY) == [BYTES]
    assert server.received(PING) == server.sent(PONG) == [b"there?"]
    assert server.received(CLOSE) == server.sent(CLOSE) == [b"\x0f\xa1enough"]
    assert (server.end.code, server.end.reason, server.end.clean) == (4001, "enough", True)
    assert set(echo.parents) == {server.opening.id}


@pytest.mark.parametrize(("path", "status"), [("private", 403), ("denied", 418)])
def test_a_refusal_is_told_with_its_status(
    path: str, status: int, url: str, sockets: Sockets
) -> None:
    with pytest.raises(InvalidStatus):
        talk_in_threads(f"{url}/{path}")
    server = sockets.only("server")
    assert (server.opened.status, server.events) == (status, ["start", "headers", "finish"])


def test_a_client_that_goes_away_leaves_a_socket_that_is_not_clean(
    url: str, sockets: Sockets
) -> None:
    connect: Any = websockets.sync.client.connect
    with connect(url, subprotocols=CHAT) as connection:
        connection.send("x")
        connection.recv()
        connection.socket.close()
    server = sockets.only("server")
    assert server.failed or not server.end.clean
