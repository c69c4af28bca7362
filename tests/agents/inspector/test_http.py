"""The port speaks HTTP as every client does, and outlives those that do not."""

from __future__ import annotations

import orjson
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock, trio_test

from tapscope.agents.host.inspector.http import MAX_HEAD, PATIENCE
from tests.agents.inspector.fakes import (
    ID,
    FakeHost,
    Served,
    exchange,
    head,
    read_reply,
    serving,
)


async def read_to_the_end(stream: trio.SocketStream) -> bytes:
    return b"".join([bytes(data) async for data in stream])


@trio_test
async def test_a_get_is_answered_with_its_length() -> None:
    async with serving(FakeHost()) as served:
        reply = await exchange(served, head())
        assert reply.status == 200
        assert reply.headers["content-type"] == "application/json; charset=UTF-8"
        assert reply.headers["content-length"] == str(len(reply.body))
        assert orjson.loads(reply.body)[0]["id"] == ID


@trio_test
async def test_no_other_site_may_use_an_answer() -> None:
    async with serving(FakeHost()) as served:
        reply = await exchange(served, head())
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in reply.headers


@trio_test
async def test_a_connection_serves_one_request_after_the_other() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        for target in ("/json/version", "/nothing", "/json/list"):
            await stream.send_all(head(target=target))
            assert (await read_reply(stream)).status == (404 if target == "/nothing" else 200)


@trio_test
async def test_requests_sent_at_once_are_answered_in_order() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        closing = (("Connection", "close"),)
        await stream.send_all(
            head(target="/json/version")
            + head("HEAD")
            + head(target="/json/protocol", headers=closing)
        )
        answers = await read_to_the_end(stream)
        assert answers.count(b"HTTP/1.1 200 OK") == 3
        assert answers.endswith(b'{"domains":[]}')


@trio_test
async def test_a_head_has_the_headers_of_the_get_and_no_body() -> None:
    async with serving(FakeHost()) as served:
        get, bare = await exchange(served, head()), await exchange(served, head("HEAD"))
        assert bare.status == 200
        assert bare.headers["content-length"] == get.headers["content-length"]
        assert bare.body == b""


@trio_test
async def test_a_request_may_come_byte_by_byte() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        for byte in head():
            await stream.send_all(bytes([byte]))
        assert (await read_reply(stream)).status == 200


@trio_test
async def test_http_1_0_without_a_host_is_answered_and_closed() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        await stream.send_all(b"GET /json/version HTTP/1.0\r\n\r\n")
        assert (await read_to_the_end(stream)).startswith(b"HTTP/1.1 200 OK\r\n")


@trio_test
async def test_a_post_is_refused_though_its_body_is_still_coming() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        await stream.send_all(head("POST", headers=(("Content-Length", "1000000"),)) + b"x" * 9999)
        reply = await read_reply(stream, "POST")
        assert reply.status == 405
        assert reply.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"garbage\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /json/list HTTP/1.1\r\n\r\n", 400),
        (b"GET /json/list HTTP/1.1\r\nHost: 1.1.1.1\r\nHost: 1.1.1.1\r\n\r\n", 400),
        (b"GET /json/list HTTP/1.1\r\nHost: example.com\r\n\r\n", 400),
        (b"GET /json/list HTTP/1.1\r\nHost: 1.1.1.1\r\nContent-Length: x\r\n\r\n", 400),
        (head(headers=(("Origin", "https://evil.example"),)), 403),
        (b"GET /" + b"x" * MAX_HEAD, 431),
    ],
)
def test_a_bad_head_is_answered_in_words(request_bytes: bytes, status: int) -> None:
    async def ask() -> None:
        async with serving(FakeHost()) as served:
            reply = await exchange(served, request_bytes)
            assert reply.status == status
            assert reply.headers["content-type"].startswith("text/plain")
            assert reply.body

    trio.run(ask)


@settings(max_examples=50)
@given(st.lists(st.binary(min_size=1) | st.just(head()), min_size=1))
def test_no_bytes_take_the_server_down(chunks: list[bytes]) -> None:
    async def send() -> None:
        async with serving(FakeHost()) as served:
            async with await served.connect() as stream:
                try:
                    await stream.send_all(b"".join(chunks))
                    await stream.send_eof()
                    await read_to_the_end(stream)
                except trio.BrokenResourceError:
                    pass
            assert (await exchange(served, head())).status == 200

    trio.run(send)


@trio_test
async def test_a_client_that_vanishes_harms_nobody() -> None:
    async with serving(FakeHost()) as served:
        for request in (b"", b"GET /js", head()):
            async with await served.connect() as stream:
                await stream.send_all(request)
        assert (await exchange(served, head())).status == 200


@pytest.mark.parametrize("received", [b"", b"GET /json/list HTTP/1.1\r\nHost:"])
def test_a_slow_client_is_closed(received: bytes) -> None:
    clock = MockClock(autojump_threshold=0.1)

    async def dawdle() -> None:
        async with serving(FakeHost()) as served, await served.connect() as stream:
            await stream.send_all(received)
            began = trio.current_time()
            assert await stream.receive_some() == b""
            assert trio.current_time() - began <= PATIENCE + 1

    trio.run(dawdle, clock=clock)


@trio_test
async def test_dripping_bytes_gains_no_time(mock_clock: MockClock) -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        began = mock_clock.current_time()
        with pytest.raises(trio.BrokenResourceError):  # noqa: PT012
            while True:
                await stream.send_all(b"G")
                await trio.sleep(PATIENCE / 5)
        assert mock_clock.current_time() - began <= PATIENCE * 2


@trio_test
async def test_a_hundred_clients_at_once_are_answered() -> None:
    async def ask(served: Served) -> None:
        assert (await exchange(served, head())).status == 200

    async with serving(FakeHost()) as served, trio.open_nursery() as nursery:
        for _ in range(100):
            nursery.start_soon(ask, served)
