"""Servers and clients of the library ``websockets``, of each flavour, that have the same talk."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import attrs
import trio
import trustme
import websockets.asyncio.client
import websockets.asyncio.server
import websockets.sync.client
import websockets.sync.server
import websockets.trio.client
import websockets.trio.server
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.certificates import certified

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
GREETING = "grüß dich"
BYTES = bytes(range(256)) * 4

CHAT = [Subprotocol("chat")]

Handler = Callable[[str], None]
"""Called with each text that a server gets, in the context of its connection."""


@attrs.frozen
class Served:
    """A running server.

    Attributes:
        url: Where it is, without a slash at the end.
    """

    url: str


def securing(authority: trustme.CA) -> ssl.SSLContext:
    """What a server needs to speak TLS, but for session tickets.

    They come when a client has begun to read in a thread and writes in another, for which
    OpenSSL is not made: once in a thousand times the client did not hear the answer.
    """
    context = certified(authority)
    context.num_tickets = 0
    return context


def _ignore(text: str) -> None:
    del text


def _check(connection: Any, request: Request) -> Response | None:
    if request.path == "/private":
        response: Response = connection.respond(HTTPStatus.FORBIDDEN, "members only\n")
        return response
    if request.path == "/moved":
        moved: Response = connection.respond(HTTPStatus.FOUND, "over there\n")
        moved.headers["Location"] = "/talk"
        return moved
    if request.path == "/health":
        healthy: Response = connection.respond(HTTPStatus.OK, "fine\n")
        return healthy
    return None


@contextmanager
def on_threads(handler: Handler = _ignore, tls: ssl.SSLContext | None = None) -> Generator[Served]:
    """Serve in threads."""

    def echo(connection: websockets.sync.server.ServerConnection) -> None:
        try:
            for message in connection:
                if isinstance(message, str):
                    handler(message)
                connection.send(message)
        except ConnectionClosed:
            pass

    server = websockets.sync.server.serve(
        echo, "127.0.0.1", 0, ssl=tls, process_request=_check, subprotocols=CHAT
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Served(_url(server.socket.getsockname()[1], tls))
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def on_asyncio(handler: Handler = _ignore, tls: ssl.SSLContext | None = None) -> Generator[Served]:
    """Serve on asyncio, in a thread."""
    started, stop = threading.Event(), asyncio.Event()
    told: list[Any] = []

    async def echo(connection: websockets.asyncio.server.ServerConnection) -> None:
        try:
            async for message in connection:
                if isinstance(message, str):
                    handler(message)
                await connection.send(message)
        except ConnectionClosed:
            pass

    async def serve() -> None:
        async with websockets.asyncio.server.serve(
            echo, "127.0.0.1", 0, ssl=tls, process_request=_check,
            subprotocols=CHAT,
        ) as server:  # fmt: skip
            told.extend([asyncio.get_running_loop(), next(iter(server.sockets)).getsockname()[1]])
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(60)
    try:
        yield Served(_url(told[1], tls))
    finally:
        told[0].call_soon_threadsafe(stop.set)
        thread.join()


@contextmanager
def on_trio(handler: Handler = _ignore, tls: ssl.SSLContext | None = None) -> Generator[Served]:
    """Serve on trio, in a thread."""
    started = threading.Event()
    told: list[Any] = []

    async def echo(connection: websockets.trio.server.ServerConnection) -> None:
        try:
            async for message in connection:
                if isinstance(message, str):
                    handler(message)
                await connection.send(message)
        except ConnectionClosed:
            pass

    async def serve() -> None:
        stop = trio.Event()
        async with trio.open_nursery() as nursery:
            server = await nursery.start(_serve_on_trio, echo, tls)
            told.extend([trio.lowlevel.current_trio_token(), stop])
            told.append(server.listeners[0].socket.getsockname()[1])
            started.set()
            await stop.wait()
            nursery.cancel_scope.cancel()

    thread = threading.Thread(target=trio.run, args=(serve,))
    thread.start()
    assert started.wait(60)
    try:
        yield Served(_url(told[2], tls))
    finally:
        told[0].run_sync_soon(told[1].set)
        thread.join()


async def _serve_on_trio(echo: Any, tls: Any, *, task_status: Any) -> None:
    await websockets.trio.server.serve(
        echo, 0, host="127.0.0.1", ssl=tls, process_request=_check,
        subprotocols=CHAT, task_status=task_status,
    )  # fmt: skip


def _url(port: int, tls: ssl.SSLContext | None) -> str:
    return f"wss://localhost:{port}" if tls else f"ws://127.0.0.1:{port}"


SERVERS = [on_threads, on_asyncio, on_trio]


def talk_in_threads(url: str, **options: Any) -> None:
    """Say a text, bytes, a text in pieces, and a ping, and close."""
    connect: Any = websockets.sync.client.connect
    with connect(url, subprotocols=CHAT, **options) as connection:
        for message in (GREETING, BYTES, ["in ", "pieces"]):
            connection.send(message)
            connection.recv()
        connection.ping(b"there?").wait()
        connection.close(4001, "enough")


def talk_on_asyncio(url: str, **options: Any) -> None:
    """Do the same on asyncio."""

    async def talk() -> None:
        connecting = websockets.asyncio.client.connect(url, subprotocols=CHAT, **options)
        async with connecting as connection:
            for message in (GREETING, BYTES, ["in ", "pieces"]):
                await connection.send(message)
                await connection.recv()
            await (await connection.ping(b"there?"))
            await connection.close(4001, "enough")

    asyncio.run(talk())


def talk_on_trio(url: str, **options: Any) -> None:
    """Do the same on trio."""

    async def talk() -> None:
        async with websockets.trio.client.connect(url, subprotocols=CHAT, **options) as connection:
            for message in (GREETING, BYTES, ["in ", "pieces"]):
                await connection.send(message)
                await connection.recv()
            await (await connection.ping(b"there?")).wait()
            await connection.aclose(4001, "enough")

    trio.run(talk)


CLIENTS = [talk_in_threads, talk_on_asyncio, talk_on_trio]
