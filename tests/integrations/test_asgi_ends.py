"""How an exchange ends, as an application or its client may end it."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import pytest

from tapscope.channels.serving import ClientDisconnected, ResponseIncomplete
from tapscope.integrations.asgi import TapscopeMiddleware
from tests.integrations.asgi_fakes import (
    DISCONNECT,
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

ANSWERS: list[tuple[list[Message], list[bytes], int | None]] = [
    ([start(204), body()], [], 0),
    ([start(), body(b"a", more=True), body()], [b"a"], 1),
    ([start(), {"type": "http.response.body"}], [], 0),
    ([start(), body(bytearray(b"ab"))], [b"ab"], 2),
    ([start(), body(memoryview(b"ab"))], [b"ab"], 2),
    ([start(), {"type": "http.response.pathsend", "path": "/file"}], [], None),
    ([start(), {"type": "http.response.zerocopysend", "file": 3, "count": 7}], [], 7),
    (
        [
            start(),
            {"type": "http.response.zerocopysend", "file": 3, "more_body": True},
            body(b"end"),
        ],
        [b"end"],
        None,
    ),
    (
        [
            start(trailers=True),
            body(b"a"),
            {"type": "http.response.trailers", "headers": [], "more_trailers": True},
            {"type": "http.response.trailers", "headers": []},
        ],
        [b"a"],
        1,
    ),
    (
        [
            {"type": "http.response.early_hint", "links": [b"</x>"]},
            {"type": "http.response.push", "path": "/x", "headers": []},
            {"type": "http.response.debug", "info": {}},
            start(),
            body(b"a"),
        ],
        [b"a"],
        1,
    ),
]


@pytest.mark.parametrize(("messages", "sent", "length"), ANSWERS)
def test_a_response_is_over_with_its_last_message(
    messages: list[Message], sent: list[bytes], length: int | None, incomings: Incomings
) -> None:
    server = FakeServer()
    over: list[bool] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in messages:
            over.append(incomings[0].is_over)
            await send(message)
        over.append(incomings[0].is_over)

    asyncio.run(run(TapscopeMiddleware(app), scope(), server))
    assert over == [*[False] * len(messages), True]
    told = incomings.ended()
    assert told.sent == sent
    assert (told.end.encoded_length, told.end.complete) == (length, True)
    assert all(ours is theirs for ours, theirs in zip(server.outgoing, messages, strict=True))


def test_the_body_of_an_answer_to_head_is_not_sent(incomings: Incomings) -> None:
    call(Sender(start(), body(b"left out by the server")), scope(method="HEAD"))
    assert (incomings.ended().sent, incomings.ended().end.encoded_length) == ([], 0)


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ([], "the application returned before it responded"),
        ([start()], "the application returned before its response was complete"),
        ([start(), body(b"a", more=True)], "the application returned before its response was"),
        ([start(trailers=True), body()], "the application returned before its response was"),
    ],
)
def test_an_application_that_leaves_its_response_undone_has_failed(
    messages: list[Message], text: str, incomings: Incomings
) -> None:
    call(Sender(*messages), scope())
    assert isinstance(incomings.ended().error, ResponseIncomplete)
    assert str(incomings.ended().error).startswith(text)


def test_a_client_that_goes_away_early_is_a_failure(incomings: Incomings) -> None:
    """At once, whatever the application goes on to send."""

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"before", more=True))
        assert await receive() is DISCONNECT
        assert incomings[0].is_over
        await send(body(b"after"))

    call(app, scope(), [DISCONNECT])
    told = incomings.ended()
    assert isinstance(told.error, ClientDisconnected)
    assert (told.sent, told.events[-1]) == ([b"before"], "error")


def test_a_client_that_goes_away_afterwards_is_none(incomings: Incomings) -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"all"))
        await receive()

    call(app, scope(), [DISCONNECT])
    assert incomings.ended().end.complete


def test_a_disconnect_that_overtakes_the_last_send_is_no_failure(incomings: Incomings) -> None:
    """Some servers tell of the end while they are still sending the last message."""

    class Server(FakeServer):
        async def send(self, message: Message) -> None:
            if message["type"] == "http.response.body":
                assert await listening.pop() is DISCONNECT

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        listening.append(asyncio.create_task(receive()))
        await send(body(b"all"))

    listening: list[asyncio.Task[Message]] = []
    asyncio.run(run(TapscopeMiddleware(app), scope(), Server([DISCONNECT])))
    assert incomings.ended().end.complete


@pytest.mark.parametrize(
    "error", [ValueError("theirs"), asyncio.CancelledError(), KeyboardInterrupt(), SystemExit(3)]
)
@pytest.mark.parametrize("messages", [[], [start()], [start(), body(b"a", more=True)]])
def test_an_error_is_passed_on_and_is_how_the_exchange_ends(
    error: BaseException, messages: list[Message], incomings: Incomings
) -> None:
    caught: list[BaseException] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        raise error

    async def main() -> None:
        try:
            await run(TapscopeMiddleware(app), scope(), FakeServer())
        except BaseException as raised:
            caught.append(raised)

    asyncio.run(main())
    assert caught == [error]
    assert incomings.ended().error is error


def test_an_error_after_the_response_does_not_take_it_back(incomings: Incomings) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"all"))
        raise ValueError("in the background")

    with pytest.raises(ValueError, match="in the background"):
        call(app, scope())
    assert incomings.ended().events[-1] == "finish"


def test_an_error_of_the_server_is_passed_on(incomings: Incomings) -> None:
    """An application that lives with it has left its response undone."""
    refusal = RuntimeError("no such header")

    class Server(FakeServer):
        async def send(self, message: Message) -> None:
            del message
            raise refusal

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for message in (start(), body(b"all")):
            with pytest.raises(RuntimeError) as caught:
                await send(message)
            assert caught.value is refusal

    asyncio.run(run(TapscopeMiddleware(app), scope(), Server()))
    assert isinstance(incomings.ended().error, ResponseIncomplete)


def test_a_server_that_can_no_longer_send_says_so_by_an_error(incomings: Incomings) -> None:
    gone = BrokenPipeError("gone")

    class Server(FakeServer):
        async def send(self, message: Message) -> None:
            del message
            raise gone

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        with pytest.raises(BrokenPipeError):
            await send(start())

    asyncio.run(run(TapscopeMiddleware(app), scope(), Server()))
    assert incomings.ended().error is gone


def test_a_call_that_is_closed_elsewhere_ends_quietly(incomings: Incomings) -> None:
    """As an abandoned coroutine is, by the garbage collector."""

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()

    class Server(FakeServer):
        async def receive(self) -> Message:
            await asyncio.sleep(0)
            return request()

    server = Server()
    coroutine = TapscopeMiddleware(app)(scope(), server.receive, server.send)
    contextvars.copy_context().run(coroutine.send, None)
    coroutine.close()
    assert isinstance(incomings.ended().error, GeneratorExit)
