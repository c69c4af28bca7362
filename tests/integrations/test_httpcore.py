"""What only users of httpx and httpcore can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpcore
import httpx
import pytest
import trio

from tests.integrations import server as served
from tests.integrations.recording import Recording, recording
from tests.integrations.server import Server


async def _fetch_all(server: Server) -> list[bytes]:
    """A hundred requests at once, on as many tasks as there are connections."""
    async with httpx.AsyncClient(timeout=60) as client:
        paths = ["/plain", "/chunked", "/gzip", "/redirect"] * 25
        bodies: dict[int, bytes] = {}

        async def fetch(number: int, path: str) -> None:
            response = await client.get(server.url(path), follow_redirects=True)
            bodies[number] = response.content

        if _on_trio():
            async with trio.open_nursery() as nursery:
                for number, path in enumerate(paths):
                    nursery.start_soon(fetch, number, path)
        else:
            await asyncio.gather(*(fetch(*each) for each in enumerate(paths)))
        return [bodies[number] for number in range(len(paths))]


def _on_trio() -> bool:
    try:
        trio.lowlevel.current_task()
    except RuntimeError:
        return False
    return True


def _run_on_trio(function: Any, *args: Any) -> Any:
    return trio.run(function, *args)


def _run_on_asyncio(function: Any, *args: Any) -> Any:
    return asyncio.run(function(*args))


on_both = pytest.mark.parametrize("run", [_run_on_asyncio, _run_on_trio])


@on_both
def test_a_hundred_at_once_are_kept_apart(run: Any, server: Server, recorded: Recording) -> None:
    bodies = run(_fetch_all, server)
    assert len(bodies) == 100
    assert len(recorded) == 125
    for exchange in recorded:
        assert exchange.end.complete
        if exchange.started.url.endswith("/chunked"):
            assert exchange.received == served.CHUNKED
    redirected = [exchange for exchange in recorded if exchange.started.redirected_from]
    assert len({exchange.started.redirected_from for exchange in redirected}) == 25


@on_both
def test_a_kept_connection_is_known_again(run: Any, server: Server, recorded: Recording) -> None:
    async def twice() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(server.url("/plain"))
            await client.get(server.url("/plain"))

    run(twice)
    first, second = (exchange.answer for exchange in recorded)
    assert first.connection is second.connection
    assert (first.reused, second.reused) == (False, True)


def test_a_cancelled_asyncio_task_fails_with_the_cancellation(
    server: Server, recorded: Recording
) -> None:
    async def cancelled() -> BaseException:
        async with httpx.AsyncClient() as client:
            fetching = asyncio.create_task(client.get(server.url("/never")))
            while not recorded or not recorded[0].received:  # noqa: ASYNC110  # no event says so
                await asyncio.sleep(0.001)
            fetching.cancel()
            with pytest.raises(asyncio.CancelledError):
                await fetching
            return recorded[0].error

    assert isinstance(asyncio.run(cancelled()), asyncio.CancelledError)


def test_a_cancelled_trio_scope_fails_with_the_cancellation(
    server: Server, recorded: Recording
) -> None:
    async def cancelled() -> None:
        async with httpx.AsyncClient() as client, trio.open_nursery() as nursery:
            nursery.start_soon(client.get, server.url("/never"))
            while not recorded or not recorded[0].received:  # noqa: ASYNC110  # no event says so
                await trio.sleep(0.001)
            nursery.cancel_scope.cancel()

    trio.run(cancelled)
    assert isinstance(recorded.only().error, trio.Cancelled)


@on_both
@pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning")  # with or without us
def test_a_stream_closed_early_is_not_complete(
    run: Any, server: Server, recorded: Recording
) -> None:
    async def peek() -> None:
        async with (
            httpx.AsyncClient() as client,
            client.stream("GET", server.url("/large")) as response,
        ):
            await anext(response.aiter_raw())

    run(peek)
    assert recorded.only().received
    assert not recorded.only().end.complete


def test_a_stream_nobody_reads_is_not_complete(server: Server, recorded: Recording) -> None:
    with httpx.stream("GET", server.url("/large")):
        pass
    assert (recorded.only().received, recorded.only().end.complete) == (b"", False)


def test_a_stream_without_a_body_is_complete_unread(server: Server, recorded: Recording) -> None:
    with httpx.stream("GET", server.url("/empty")):
        pass
    assert recorded.only().end.complete


def _heard(server: Server) -> list[str]:
    heard: list[str] = []

    def trace(name: str, _info: Any) -> None:
        heard.append(name)

    extensions = {"trace": trace}
    with httpx.Client() as client:
        client.get(server.url("/plain"), extensions=extensions)
    assert list(extensions) == ["trace"]
    return heard


def _heard_on_asyncio(server: Server) -> list[str]:
    heard: list[str] = []

    async def trace(name: str, _info: Any) -> None:
        heard.append(name)

    async def fetch() -> None:
        async with httpcore.AsyncConnectionPool() as pool:
            await pool.request(
                "GET",
                server.url("/plain"),
                headers={"Host": "here"},
                extensions={"trace": trace},
            )

    asyncio.run(fetch())
    return heard


@pytest.mark.parametrize("hear", [_heard, _heard_on_asyncio])
def test_the_programs_own_trace_hears_what_it_heard(
    hear: Callable[[Server], list[str]], server: Server
) -> None:
    alone = hear(server)
    with recording() as recorded:
        watched = hear(server)
    assert watched == alone
    assert recorded.only().end.complete


def test_a_wrong_trace_of_the_programs_fails_as_it_does(server: Server) -> None:
    def trace(_name: str, _info: Any) -> None:
        pass

    async def fetch() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(server.url("/plain"), extensions={"trace": trace})

    with pytest.raises(TypeError, match="asynchronous"):
        asyncio.run(fetch())


def test_the_request_of_the_program_is_left_as_it_was(server: Server, recorded: Recording) -> None:
    headers = [("Host", "here"), ("Content-Length", "2")]
    request = httpcore.Request("POST", server.url("/echo"), headers=headers, content=b"ab")
    before = dict(vars(request))
    with httpcore.ConnectionPool() as pool:
        for _ in range(2):
            assert pool.handle_request(request).read() == b"ab"
    assert vars(request) == before
    assert [exchange.sent for exchange in recorded] == [b"ab", b"ab"]


def test_a_bare_connection_is_told_once(server: Server, recorded: Recording) -> None:
    origin = httpcore.Origin(b"http", b"127.0.0.1", server.port)
    with httpcore.HTTPConnection(origin) as connection:
        connection.request("GET", server.url("/plain"), headers={"Host": "here"})
    assert recorded.only().received == served.PLAIN


def test_an_error_in_the_programs_own_body_passes_untouched(
    server: Server, recorded: Recording
) -> None:
    mistake = ZeroDivisionError()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        raise mistake

    async def post() -> None:
        async with httpx.AsyncClient() as client:
            await client.post(server.url("/echo"), content=pieces())

    with pytest.raises(ZeroDivisionError) as caught:
        asyncio.run(post())
    assert caught.value is mistake
    assert recorded.only().error is mistake
    assert recorded.only().sent == b"one"


def test_a_transport_without_a_network_is_not_told(recorded: Recording) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200))
    with httpx.Client(transport=transport) as client:
        assert client.get("http://nowhere.invalid/").status_code == 200
    assert not recorded
