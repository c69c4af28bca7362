"""What requests cause hangs under the right one, however many there are at once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.lowlevel
import anyio.to_thread
import attrs
import httpx
import pytest

from tapscope.channels import lifecycle, subscribe
from tapscope.channels.http import RequestReceived, RequestStarted
from tapscope.channels.work import WorkStarted
from tests.integrations import asgi_servers
from tests.integrations.asgi_servers import Serving

REQUESTS = 200
PARTS = ("call", "statement", "task", "inner task", "late")

statements = lifecycle("test.asgi.statement")


@attrs.define
class Family:
    """Who hangs under whom: each number's request, and the parents of all it caused."""

    requests: dict[int, int] = attrs.field(factory=dict[int, int])
    children: dict[tuple[int, str], int | None] = attrs.field(
        factory=dict[tuple[int, str], "int | None"]
    )

    def __call__(self, event: Any, _name: str) -> None:
        if isinstance(event, WorkStarted):
            number, part = event.name.split(":")
            self.children[int(number), part] = event.parent
        elif isinstance(event, RequestStarted | RequestReceived):
            self._take(event)

    def _take(self, event: RequestStarted | RequestReceived) -> None:
        target = urlsplit(event.url)
        number = int(parse_qs(target.query)["n"][0])
        if isinstance(event, RequestReceived):
            if target.path == "/handle":
                self.requests[number] = event.id
            assert event.parent is None
        elif target.path == "/leaf":
            self.children[number, "call"] = event.parent


@pytest.fixture
def family() -> Iterator[Family]:
    """What is published by the servers and by what their applications do."""
    found = Family()
    with (
        subscribe("http.server.start", found),
        subscribe("http.client.start", found),
        subscribe("test.asgi.statement.start", found),
    ):
        yield found


def _note(number: int, part: str) -> None:
    with statements.exchange(f"{number}:{part}"):
        pass


def _select(number: int) -> int:
    _note(number, "statement")
    with sqlite3.connect(":memory:") as database:
        [value] = database.execute("select ?", [number]).fetchone()
    database.close()
    return int(value)


async def _inner(number: int) -> None:
    await anyio.lowlevel.checkpoint()
    _note(number, "inner task")


async def _task(number: int) -> None:
    _note(number, "task")
    async with anyio.create_task_group() as group:
        group.start_soon(_inner, number)
    await anyio.lowlevel.checkpoint()


@attrs.define
class Application:
    """Answers ``/handle`` by way of a call of its own ``/leaf``, a statement and tasks.

    Nobody goes on before all are there, so that they are at it at once.
    """

    expected: int
    client: httpx.AsyncClient | None = None
    arrived: int = 0
    left: int = 0
    all_arrived: anyio.Event = attrs.field(factory=anyio.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        number = int(parse_qs(scope["query_string"])[b"n"][0])
        await receive()
        if scope["path"] == "/handle":
            await self._handle(number, f"http://{dict(scope['headers'])[b'host'].decode()}")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % number})
        if scope["path"] == "/handle":
            _note(number, "late")

    async def _handle(self, number: int, origin: str) -> None:
        self.arrived += 1
        if self.arrived == self.expected:
            self.all_arrived.set()
        await self.all_arrived.wait()
        async with anyio.create_task_group() as group:
            group.start_soon(_task, number)
            group.start_soon(self._call, number, origin)
            assert await anyio.to_thread.run_sync(_select, number) == number
        self.left += 1
        if self.left == self.expected and self.client is not None:
            await self.client.aclose()

    async def _call(self, number: int, origin: str) -> None:
        # One pool for all, as programs have it: its connections were made by other requests.
        if self.client is None:
            self.client = httpx.AsyncClient(limits=httpx.Limits(max_connections=20), timeout=60)
        answer = await self.client.get(f"{origin}/leaf?n={number}")
        assert answer.content == b"%d" % number


async def _ask(url: str, numbers: range) -> None:
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits()) as client:

        async def ask(number: int) -> None:
            answer = await client.get(f"{url}/handle?n={number}")
            assert (answer.status_code, answer.content) == (200, b"%d" % number)

        async with asyncio.TaskGroup() as group:
            for number in numbers:
                group.create_task(ask(number))


@pytest.mark.parametrize("serving", asgi_servers.ALL.values(), ids=asgi_servers.ALL.keys())
def test_nothing_hangs_under_the_wrong_request(serving: Serving, family: Family) -> None:
    with serving(Application(REQUESTS)) as url:
        asyncio.run(_ask(url, range(REQUESTS)))
    assert len(set(family.requests.values())) == REQUESTS
    assert family.children == {
        (number, part): request for number, request in family.requests.items() for part in PARTS
    }
