"""What the middleware leaves as it is: everything."""

from __future__ import annotations

import asyncio
import gc
import traceback
import weakref
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tapscope import integrations
from tapscope.channels import subscribe
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

OURS = str(Path(integrations.__file__).parent)


@pytest.mark.parametrize("watched", [True, False], ids=["watched", "idle"])
@pytest.mark.parametrize("place", ["app", "receive", "send"])
def test_a_traceback_shows_no_frame_of_ours(place: str, *, watched: bool) -> None:
    class Server(FakeServer):
        async def receive(self) -> Message:
            fail("receive")
            return await super().receive()

        async def send(self, message: Message) -> None:
            fail("send")
            await super().send(message)

    def fail(where: str) -> None:
        if where == place:
            raise ValueError(where)

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(start())
        fail("app")

    listening = subscribe("http.server.**", lambda _, __: None) if watched else nullcontext()
    with listening, pytest.raises(ValueError, match=place) as caught:
        asyncio.run(run(TapscopeMiddleware(app), scope(), Server()))
    files = [frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert [file for file in files if file.startswith(OURS)] == []


def test_unheard_the_application_gets_what_the_server_gave() -> None:
    got: list[Any] = []

    async def app(*given: Any) -> None:
        got.extend(given)

    server = FakeServer()
    given = (scope(), server.receive, server.send)
    asyncio.run(_called(TapscopeMiddleware(app), given))
    assert all(ours is theirs for ours, theirs in zip(got, given, strict=True))


@pytest.mark.parametrize("kind", ["lifespan", "websocket", "something.else"])
def test_other_scopes_pass_through(kind: str, incomings: Incomings) -> None:
    got: list[Any] = []

    async def app(*given: Any) -> None:
        got.extend(given)

    server = FakeServer()
    given = ({"type": kind}, server.receive, server.send)
    asyncio.run(_called(TapscopeMiddleware(app), given))
    assert all(ours is theirs for ours, theirs in zip(got, given, strict=True))
    assert not incomings


async def _called(app: Any, given: tuple[Any, ...]) -> None:
    await app(*given)


def test_messages_and_scope_are_the_very_ones(incomings: Incomings) -> None:
    question, own_scope, answers = request(b"q"), scope(), (start(), body(b"a"))
    before = repr((question, own_scope, answers))

    async def app(given: Any, receive: Any, send: Any) -> None:
        assert given is own_scope
        assert await receive() is question
        for answer in answers:
            await send(answer)

    server = call(app, own_scope, [question])
    assert all(ours is theirs for ours, theirs in zip(server.outgoing, answers, strict=True))
    assert repr((question, own_scope, answers)) == before
    assert incomings.ended().end.complete


def test_what_the_application_returns_is_returned(incomings: Incomings) -> None:
    """Servers complain about anything but ``None``, with its name."""

    async def app(_scope: Any, _receive: Any, _send: Any) -> Any:
        return "not None"

    async def main() -> object:
        server = FakeServer()
        returned: object = await TapscopeMiddleware(app)(  # type: ignore[func-returns-value]
            scope(), server.receive, server.send
        )
        return returned

    assert asyncio.run(main()) == "not None"
    assert incomings


def test_headers_given_as_an_iterator_are_left_to_the_server(incomings: Incomings) -> None:
    headers = iter([(b"kind", b"made")])
    call(Sender(start(200, headers), body()), scope())
    assert next(headers) == (b"kind", b"made")
    assert incomings.ended().answer.headers == []


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": None},
        {"type": []},
        start("none"),
        start(headers=3),
        start(headers=[1]),
        body(5),
        body("text"),
        None,
        {"type": "http.response.zerocopysend", "count": "many"},
    ],
)
def test_messages_that_make_no_sense_are_the_servers_business(
    message: Any, incomings: Incomings
) -> None:
    answers = (start(), message, body(b"a"))
    server = call(Sender(*answers), scope())
    assert all(ours is theirs for ours, theirs in zip(server.outgoing, answers, strict=True))
    assert incomings.ended().end.complete


def test_a_task_that_outlives_its_request_does_not_keep_it(incomings: Incomings) -> None:
    class Kept(dict[str, Any]):
        """A scope that can be asked whether it is still there."""

    tasks: list[asyncio.Task[None]] = []

    async def linger() -> None:
        await asyncio.Event().wait()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        tasks.append(asyncio.create_task(linger()))
        await send(start())
        await send(body())

    async def main() -> object:
        given = Kept(scope())
        reference = weakref.ref(given)
        await run(TapscopeMiddleware(app), given, FakeServer())
        del given
        gc.collect()
        left = reference()
        tasks[0].cancel()
        return left

    assert asyncio.run(main()) is None
    assert incomings.ended().end.complete
