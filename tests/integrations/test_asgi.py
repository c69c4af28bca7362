"""What the middleware tells of a request."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tapscope.channels import lifecycle, subscribe, suppress
from tapscope.integrations.asgi import TapscopeMiddleware
from tests.integrations.asgi_fakes import (
    FakeServer,
    Message,
    Sender,
    body,
    call,
    request,
    run,
    scope,
    start,
)
from tests.integrations.incoming_recording import Incomings


def test_a_request_and_its_response_are_told(incomings: Incomings) -> None:
    app = Sender(start(201, [(b"kind", b"made")]), body(b"first ", more=True), body(b"second"))
    call(app, scope(method="POST"), [request(b"one ", more=True), request(b"two")])
    told = incomings.ended()
    received = told.started
    assert (received.method, received.url) == ("POST", "http://shop.test:8000/things?q=1")
    assert received.headers == [(b"host", b"shop.test:8000"), (b"accept", b"*/*")]
    assert (received.protocol, received.parent) == ("http/1.1", None)
    assert (told.answer.status, told.answer.headers) == (201, [(b"kind", b"made")])
    assert (told.received, told.sent) == ([b"one ", b"two"], [b"first ", b"second"])
    assert (told.end.encoded_length, told.end.complete) == (12, True)


def test_events_come_in_the_order_of_what_happens(incomings: Incomings) -> None:
    call(Sender(start(), body(b"a", more=True), body(b"b")), scope(), [request(b"question")])
    names = ["start", "body_chunk", "headers", "body_chunk", "body_chunk", "finish"]
    assert incomings.ended().events == names


def test_the_client_is_known_by_its_connection(incomings: Incomings) -> None:
    """As long as the server keeps its address with the connection."""
    client = ("192.0.2.7", 5000)
    for _ in range(2):
        call(Sender(start(), body()), scope(client=client))
    call(Sender(start(), body()), scope(client=("192.0.2.7", int("5000"))))
    first, second, other = (exchange.started.connection for exchange in incomings)
    assert first is second is not other
    assert first is not None
    assert (first.remote_address, first.remote_port, first.used) == ("192.0.2.7", 5000, 2)


@pytest.mark.parametrize(
    ("version", "protocol"), [("1.0", "http/1.0"), ("1.1", "http/1.1"), ("2", "h2"), ("3", "h3")]
)
def test_the_protocol_is_told(version: str, protocol: str, incomings: Incomings) -> None:
    call(Sender(start(), body()), scope(http_version=version))
    assert incomings.ended().started.protocol == protocol


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"query_string": b""}, "http://shop.test:8000/things"),
        ({"scheme": "https"}, "https://shop.test:8000/things?q=1"),
        ({"raw_path": b"/a%2Fb%20c"}, "http://shop.test:8000/a%2Fb%20c?q=1"),
        ({"raw_path": b"/with?q=1"}, "http://shop.test:8000/with?q=1"),
        ({"raw_path": b"/\xff "}, "http://shop.test:8000/%FF%20?q=1"),
        ({"raw_path": b"http://proxied.test/x"}, "http://proxied.test/x?q=1"),
        ({"raw_path": b"*"}, "http://shop.test:8000/*?q=1"),
        (
            {"raw_path": None, "path": "/é 100%?#"},
            "http://shop.test:8000/%C3%A9%20100%25%3F%23?q=1",
        ),
        (
            {"root_path": "/api", "path": "/api/x", "raw_path": None},
            "http://shop.test:8000/api/x?q=1",
        ),
        ({"headers": []}, "http://192.0.2.2:8000/things?q=1"),
        ({"headers": [], "server": ("192.0.2.2", 80)}, "http://192.0.2.2/things?q=1"),
        ({"headers": [], "server": ("2001:db8::1", 81)}, "http://[2001:db8::1]:81/things?q=1"),
        ({"headers": [], "server": None}, "http://localhost/things?q=1"),
        ({"headers": [], "server": ("/run/app.sock", None)}, "http://localhost/things?q=1"),
        ({"headers": [(b"host", b"")], "server": None}, "http://localhost/things?q=1"),
        ({"headers": [(b"Host", b"\xe9.test")]}, "http://\xe9.test/things?q=1"),
    ],
)
def test_the_url_is_the_one_the_client_sent(
    changes: dict[str, Any], url: str, incomings: Incomings
) -> None:
    call(Sender(start(), body()), scope(**changes))
    assert incomings.ended().started.url == url


def test_headers_are_told_as_they_were(incomings: Incomings) -> None:
    """Middleware changes the list of a request's headers in place."""

    async def app(given: Any, _receive: Any, send: Any) -> None:
        given["headers"].clear()
        await send(start())
        await send(body())

    call(app, scope())
    assert incomings.ended().started.headers


async def _function(_scope: Any, _receive: Any, send: Any) -> None:
    await send(start())
    await send(body())


class _Router:
    """What frameworks do to a scope once they know who answers."""

    async def __call__(self, given: Any, _receive: Any, send: Any) -> None:
        given["endpoint"] = _function
        await send(start())
        await send(body())


def test_the_endpoint_is_the_application_if_nothing_else_is_known(incomings: Incomings) -> None:
    call(_function, scope())
    assert incomings.ended().started.endpoint == f"{__name__}._function"
    assert incomings.ended().answer.endpoint is None


def test_the_endpoint_is_what_the_framework_found(incomings: Incomings) -> None:
    call(_Router(), scope())
    assert incomings.ended().started.endpoint == f"{__name__}._Router"
    assert incomings.ended().answer.endpoint == f"{__name__}._function"


def test_a_request_is_told_once_through_two_middlewares(incomings: Incomings) -> None:
    """Also if a framework between them hands on a scope and messages of its own making."""

    async def between(given: Any, receive: Any, send: Any) -> None:
        async def own_send(message: Message) -> None:
            await send({**message})

        await TapscopeMiddleware(_function)({**given, "path": "/"}, receive, own_send)

    call(between, scope())
    assert incomings.ended().end.complete


def test_a_call_of_another_application_is_a_child(incomings: Incomings) -> None:
    inner = TapscopeMiddleware(_function)

    async def outer(_scope: Any, _receive: Any, send: Any) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(inner)) as client:
            answer = await client.get("http://inside.test/")
        await send(start(answer.status_code))
        await send(body())

    call(outer, scope())
    parent, child = incomings
    assert (parent.end.complete, child.end.complete) == (True, True)
    assert child.started.url == "http://inside.test/"
    assert (parent.started.parent, child.started.parent) == (None, parent.started.id)


work = lifecycle("test.asgi.work")


def _working(incomings: Incomings) -> int | None:
    """Give the parent that something begun here has."""
    parents: list[int | None] = []
    with subscribe("test.asgi.work.start", lambda event, _: parents.append(event.parent)):
        work.exchange("some").start()
    assert incomings
    return parents[0]


def test_what_a_request_causes_is_its_child(incomings: Incomings) -> None:
    """In tasks too, and after the response; not what the server does meanwhile."""
    parents: dict[str, int | None] = {}

    class Server(FakeServer):
        async def receive(self) -> Message:
            parents["receive"] = _working(incomings)
            return await super().receive()

        async def send(self, message: Message) -> None:
            parents["send"] = _working(incomings)
            await super().send(message)

    async def task() -> None:
        parents["task"] = _working(incomings)

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        parents["app"] = _working(incomings)
        await receive()
        await asyncio.create_task(task())
        await send(start())
        await send(body())
        parents["background"] = _working(incomings)

    async def main() -> None:
        await run(TapscopeMiddleware(app), scope(), Server())
        parents["after"] = _working(incomings)

    asyncio.run(main())
    number = incomings.ended().started.id
    ours = dict.fromkeys(("app", "task", "background"), number)
    assert parents == ours | dict.fromkeys(("receive", "send", "after"))


def test_nothing_is_told_where_that_is_suppressed(incomings: Incomings) -> None:
    with suppress():
        call(_function, scope())
    assert not incomings
