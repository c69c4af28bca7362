"""An ASGI server without a network: messages to receive, and a list of what was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, MutableMapping
from typing import Any, TypeAlias

import attrs

from tapscope.integrations.asgi import TapscopeMiddleware

Message: TypeAlias = MutableMapping[str, Any]

HEADERS = [(b"host", b"shop.test:8000"), (b"accept", b"*/*")]


def scope(**changes: Any) -> dict[str, Any]:
    """Give the scope of ``GET /things?q=1``, with *changes*."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/things",
        "raw_path": b"/things",
        "query_string": b"q=1",
        "root_path": "",
        "headers": list(HEADERS),
        "client": ("192.0.2.1", 4711),
        "server": ("192.0.2.2", 8000),
        **changes,
    }


def request(body: bytes = b"", *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def start(status: Any = 200, headers: Any = (), **more: Any) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers, **more}


def body(data: Any = b"", *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more}


DISCONNECT: Message = {"type": "http.disconnect"}


@attrs.define
class FakeServer:
    """A server that has *incoming* to give, and keeps what it gets."""

    incoming: list[Message] = attrs.field(factory=lambda: [request()])
    outgoing: list[Message] = attrs.field(factory=list[Message])

    async def receive(self) -> Message:
        return self.incoming.pop(0)

    async def send(self, message: Message) -> None:
        self.outgoing.append(message)


class Sender:
    """An application that reads the request to its end and sends *messages*."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        for message in self.messages:
            await send(message)


def call(app: Any, scope: Any, incoming: Iterable[Message] = ()) -> FakeServer:
    """Have *app*, inside the middleware, answer *scope*; give the server."""
    server = FakeServer(list(incoming) or [request()])
    asyncio.run(run(TapscopeMiddleware(app), scope, server))
    return server


async def run(app: Any, scope: Any, server: FakeServer) -> None:
    await app(scope, server.receive, server.send)
