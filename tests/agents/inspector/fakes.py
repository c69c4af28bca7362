"""A host without domains, and ways to talk to an inspector that serves it."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import cast

import attrs
import h11
import trio
from trio_websocket import WebSocketConnection, wrap_client_stream

from tapscope.agents.host.host import Host
from tapscope.agents.host.inspector.access import Authority
from tapscope.agents.host.inspector.discovery import Site
from tapscope.agents.host.inspector.links import LinkServer
from tapscope.agents.host.inspector.listener import Listener
from tapscope.agents.host.session.runner import Runner
from tapscope.agents.link import LinkError

ID = "5ca1ab1e"
GREETING = b"hello"


@attrs.frozen
class FakeTarget:
    id: str = ID
    title: str = 'the "shop"'
    url: str = "file:///srv/shop.py"
    type: str = "node"


@attrs.define(eq=False)
class FakeSession:
    """Answers every message with itself; *react* replaces that."""

    wake: Callable[[], None]
    react: Callable[[FakeSession, str], None] | None = None
    received: list[str] = attrs.field(factory=list[str])
    outbox: list[bytes] = attrs.field(factory=list[bytes])
    overflowed: bool = False
    gone: trio.Event = attrs.field(factory=trio.Event)

    def receive(self, text: str) -> None:
        self.received.append(text)
        if self.react:
            self.react(self, text)
        else:
            self.say(text.encode())

    def say(self, message: bytes) -> None:
        self.outbox.append(message)
        self.wake()

    def take(self, limit: int = 262144) -> list[bytes]:
        del limit
        taken, self.outbox = self.outbox[:100], self.outbox[100:]
        return taken

    def close(self) -> None:
        self.gone.set()


@attrs.define(eq=False)
class FakePeer:
    """Answers what it gets in capitals, and throws out who does not greet."""

    send: Callable[[bytes], None]
    received: bytes = b""
    gone: trio.Event = attrs.field(factory=trio.Event)
    failing: bool = False
    process: None = None

    @property
    def keeper(self) -> bool:
        return self.received.startswith(GREETING)

    def receive(self, data: bytes) -> None:
        if self.failing:
            raise ZeroDivisionError(data)
        self.received += data
        if not self.received.startswith(GREETING[: len(self.received)]):
            self.send(b"go away")
            raise LinkError("a stranger")
        self.send(data.upper())

    def close(self) -> None:
        self.gone.set()


@attrs.define(eq=False)
class FakeHost:
    react: Callable[[FakeSession, str], None] | None = None
    sessions: list[FakeSession] = attrs.field(factory=list[FakeSession])
    peers: list[FakePeer] = attrs.field(factory=list[FakePeer])
    _came: trio.Event = attrs.field(factory=trio.Event)

    def connect(
        self, wake: Callable[[], None], runner: Runner, *, onlooker: bool = False
    ) -> FakeSession:
        del runner, onlooker
        self.sessions.append(FakeSession(wake, self.react))
        self._announce()
        return self.sessions[-1]

    def link(self, send: Callable[[bytes], None]) -> FakePeer:
        self.peers.append(FakePeer(send))
        self._announce()
        return self.peers[-1]

    async def session(self, number: int = 0) -> FakeSession:
        """Wait for the session of the front end that came as this *number*."""
        while len(self.sessions) <= number:
            await self._came.wait()
        return self.sessions[number]

    async def peer(self, number: int = 0) -> FakePeer:
        """Wait for the peer that came as this *number*."""
        while len(self.peers) <= number:
            await self._came.wait()
        return self.peers[number]

    def _announce(self) -> None:
        self._came.set()
        self._came = trio.Event()

    def targets(self) -> list[FakeTarget]:
        return [FakeTarget()]

    def protocol(self) -> bytes:
        return b'{"domains":[]}'


@attrs.frozen
class Served:
    """An inspector under test."""

    host: FakeHost
    listener: Listener
    port: int

    async def connect(self) -> trio.SocketStream:
        return await trio.open_tcp_stream("127.0.0.1", self.port)

    @asynccontextmanager
    async def attach(self) -> AsyncGenerator[WebSocketConnection, None]:
        """Be a front end, whose socket is closed even where trio-websocket leaves it open."""
        async with await self.connect() as stream, trio.open_nursery() as nursery:
            address = f"127.0.0.1:{self.port}"
            client = await wrap_client_stream(nursery, stream, address, f"/{ID}")
            yield client
            with trio.move_on_after(5):
                await client.aclose()
            nursery.cancel_scope.cancel()


@attrs.frozen
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def site(host: FakeHost, port: int = 9229, *allow_origins: str) -> Site:
    here = Authority("127.0.0.1", port)
    return Site(cast("Host", host), ID, here, frozenset(allow_origins))


@asynccontextmanager
async def serving(host: FakeHost) -> AsyncGenerator[Served, None]:
    """Serve *host* on a port of the loopback interface."""
    listening = socket.create_server(("127.0.0.1", 0))
    port: int = listening.getsockname()[1]
    listener = Listener(cast("Host", host), site(host, port))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(listener.serve, [listening], nursery)
        yield Served(host, listener, port)
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def linking(host: FakeHost, path: str) -> AsyncGenerator[None, None]:
    """Serve the links of *host* on a Unix socket at *path*."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(LinkServer(cast("Host", host)).serve, listening, nursery)
        yield
        nursery.cancel_scope.cancel()


def head(
    method: str = "GET", target: str = "/json/list", headers: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """Make a request's head, with a ``Host`` that is let in unless *headers* say another."""
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append("Host: 127.0.0.1:9229")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def upgrade(target: str = f"/{ID}", headers: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Make the head of a WebSocket handshake."""
    asking = (
        ("Connection", "Upgrade"),
        ("Upgrade", "WebSocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    )
    given = {name.lower() for name, _ in headers}
    kept = tuple((name, value) for name, value in asking if name.lower() not in given)
    return head("GET", target, kept + headers)


async def read_reply(stream: trio.SocketStream, method: str = "GET") -> Reply:
    """Read one answer to a request of *method* from *stream*."""
    parser = h11.Connection(h11.CLIENT)
    asked = h11.Request(method=method, target="/", headers=[("Host", "x"), ("Upgrade", "x")])
    parser.send(asked)
    parser.send(h11.EndOfMessage())
    status, headers, body = 0, dict[str, str](), b""
    while True:
        event = parser.next_event()
        if event is h11.NEED_DATA:
            parser.receive_data(await stream.receive_some())
        elif isinstance(event, h11.Response | h11.InformationalResponse):
            status = event.status_code
            headers = {name.decode(): value.decode() for name, value in event.headers}
            if status == 101:
                return Reply(status, headers, parser.trailing_data[0])
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            return Reply(status, headers, body)


async def exchange(served: Served, request: bytes) -> Reply:
    """Send one *request* on a connection of its own and give the answer."""
    async with await served.connect() as stream:
        await stream.send_all(request)
        return await read_reply(stream, "HEAD" if request.startswith(b"HEAD ") else "GET")
