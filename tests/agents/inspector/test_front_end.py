"""A front end gets what its session says, whatever the other front ends do."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest
import trio
from trio.testing import MockClock, trio_test
from trio_websocket import ConnectionClosed, WebSocketConnection
from wsproto.frame_protocol import FrameProtocol

from tapscope.agents.host.inspector.websocket import MAX_MESSAGE, STALL
from tests.agents.inspector.fakes import (
    FakeHost,
    FakeSession,
    Served,
    exchange,
    head,
    read_reply,
    serving,
    upgrade,
)

MEGABYTE = 1024 * 1024


def text_frame(payload: bytes) -> bytes:
    return bytes(FrameProtocol(client=True, extensions=[]).send_data(payload.decode()))


async def closing_code(client: WebSocketConnection) -> int:
    with pytest.raises(ConnectionClosed) as caught:  # noqa: PT012
        while True:
            await client.get_message()
    assert caught.value.reason is not None
    return caught.value.reason.code


@trio_test
async def test_a_message_is_answered_by_the_session() -> None:
    async with serving(FakeHost()) as served, served.attach() as client:
        await client.send_message('{"id":1,"name":"Zoë 🦊"}')
        assert await client.get_message() == '{"id":1,"name":"Zoë 🦊"}'


@pytest.mark.parametrize("origin", ["devtools://devtools", None])
def test_devtools_and_programs_get_in(origin: str | None) -> None:
    async def connect() -> None:
        headers = () if origin is None else (("Origin", origin),)
        extension = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
        async with serving(FakeHost()) as served:
            reply = await exchange(served, upgrade(headers=(*headers, extension)))
            assert reply.status == 101
            assert reply.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
            assert "sec-websocket-extensions" not in reply.headers

    trio.run(connect)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (upgrade("/guess"), 404),
        (upgrade(headers=(("Origin", "https://evil.example"),)), 403),
        (upgrade(headers=(("Host", "evil.example"),)), 400),
        (upgrade(headers=(("Sec-WebSocket-Version", "7"),)), 426),
        (upgrade(headers=(("Upgrade", "h2c"),)), 426),
    ],
)
def test_a_stranger_is_refused_and_no_session_made(request_bytes: bytes, status: int) -> None:
    async def connect() -> None:
        host = FakeHost()
        async with serving(host) as served:
            assert (await exchange(served, request_bytes)).status == status
        assert host.sessions == []

    trio.run(connect)


@trio_test
async def test_a_connection_may_discover_first_and_upgrade_then() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        await stream.send_all(head())
        assert (await read_reply(stream)).status == 200
        await stream.send_all(upgrade())
        assert (await read_reply(stream)).status == 101


@trio_test
async def test_a_frame_that_came_with_the_handshake_is_not_lost() -> None:
    async with serving(FakeHost()) as served, await served.connect() as stream:
        await stream.send_all(upgrade() + text_frame(b"early"))
        received = (await read_reply(stream)).body
        while len(received) < 7:
            received += await stream.receive_some()
        assert received == b"\x81\x05early"


@trio_test
async def test_messages_keep_their_order_however_many_there_are() -> None:
    host = FakeHost()
    async with serving(host) as served, served.attach() as client:
        session = await host.session()
        for number in range(5000):
            session.say(b"%d" % number)
        for number in range(5000):
            assert await client.get_message() == str(number)


@trio_test
async def test_a_ping_is_answered_between_messages() -> None:
    host = FakeHost()
    async with serving(host) as served, served.attach() as client:
        session = await host.session()
        async with trio.open_nursery() as nursery:
            for payload in (b"a", b"b", b"c"):
                session.say(b"x" * MEGABYTE)
                nursery.start_soon(client.ping, payload)
            for _ in range(3):
                assert await client.get_message() == "x" * MEGABYTE


@trio_test
async def test_several_front_ends_have_sessions_of_their_own() -> None:
    host = FakeHost()
    async with (
        serving(host) as served,
        served.attach() as one,
        served.attach() as two,
    ):
        await one.send_message("1")
        await two.send_message("2")
        assert (await one.get_message(), await two.get_message()) == ("1", "2")
        assert len(host.sessions) == 2


@trio_test
async def test_a_message_of_ten_megabytes_is_answered() -> None:
    def measure(session: FakeSession, text: str) -> None:
        session.say(b"%d" % len(text))

    async with (
        serving(FakeHost(measure)) as served,
        served.attach() as client,
    ):
        await client.send_message("x" * (10 * MEGABYTE))
        assert await client.get_message() == str(10 * MEGABYTE)


@trio_test
async def test_a_message_beyond_the_limit_closes_its_front_end() -> None:
    host = FakeHost()
    async with serving(host) as served:
        async with served.attach() as client, trio.open_nursery() as nursery:
            nursery.start_soon(send_what_goes, client, "x" * (MAX_MESSAGE + 1))
            assert await closing_code(client) == 1009
        assert host.sessions[0].received == []
        await host.sessions[0].gone.wait()


async def send_what_goes(client: WebSocketConnection, message: str) -> None:
    with suppress(ConnectionClosed):
        await client.send_message(message)


@trio_test
async def test_a_binary_message_closes_its_front_end() -> None:
    host = FakeHost()
    async with serving(host) as served, served.attach() as client:
        await client.send_message(b"{}")
        assert await closing_code(client) == 1003
        assert host.sessions[0].gone.is_set()
        assert host.sessions[0].received == []


@pytest.mark.parametrize("data", [b"\xff" * 100, b"\x81\x05plain", b"\x83\x80\0\0\0\0"])
def test_bytes_that_are_no_frames_close_their_front_end(data: bytes) -> None:
    async def send() -> None:
        host = FakeHost()
        async with serving(host) as served, await served.connect() as stream:
            await stream.send_all(upgrade())
            await read_reply(stream)
            await stream.send_all(data)
            await (await host.session()).gone.wait()

    trio.run(send)


@trio_test
async def test_a_front_end_that_leaves_is_forgotten() -> None:
    host = FakeHost()
    async with serving(host) as served:
        async with served.attach() as client:
            await client.send_message("x")
        await host.sessions[0].gone.wait()
        assert (await exchange(served, head())).status == 200


@trio_test
async def test_a_front_end_may_leave_in_the_middle_of_a_message() -> None:
    host = FakeHost()
    async with serving(host) as served:
        async with await served.connect() as stream:
            await stream.send_all(upgrade())
            await read_reply(stream)
            await stream.send_all(text_frame(b"x" * 1000)[:500])
        await host.sessions[0].gone.wait()
        assert host.sessions[0].received == []


@trio_test
async def test_a_session_that_fails_closes_its_own_front_end_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(session: FakeSession, text: str) -> None:
        if text == "fail":
            raise ZeroDivisionError(text)
        session.say(text.encode())

    with caplog.at_level(logging.CRITICAL):
        host = FakeHost(fail)
        async with (
            serving(host) as served,
            served.attach() as one,
            served.attach() as two,
        ):
            await one.send_message("fail")
            assert await closing_code(one) == 1011
            await two.send_message("still there")
            assert await two.get_message() == "still there"
            assert [session.gone.is_set() for session in host.sessions] == [True, False]


async def connect_and_stop_reading(served: Served, host: FakeHost) -> trio.SocketStream:
    """Attach a front end that reads nothing, and give it more than the kernel takes."""
    stream = await served.connect()
    await stream.send_all(upgrade())
    await read_reply(stream)
    session = await host.session()
    for _ in range(64):
        session.say(b"x" * MEGABYTE)
    return stream


@trio_test
async def test_a_front_end_that_stops_reading_is_closed_when_its_session_overflows(
    mock_clock: MockClock,
) -> None:
    host = FakeHost()
    async with serving(host) as served:
        stream = await connect_and_stop_reading(served, host)
        began = mock_clock.current_time()
        host.sessions[0].overflowed = True
        host.sessions[0].wake()
        await host.sessions[0].gone.wait()
        assert mock_clock.current_time() - began < 10
        await stream.aclose()


@trio_test
async def test_a_front_end_that_stops_reading_is_closed_in_the_end(mock_clock: MockClock) -> None:
    host = FakeHost()
    async with serving(host) as served:
        stream = await connect_and_stop_reading(served, host)
        began = mock_clock.current_time()
        await host.sessions[0].gone.wait()
        assert mock_clock.current_time() - began == pytest.approx(STALL, abs=5)
        await stream.aclose()


@trio_test
async def test_a_front_end_that_reads_too_slowly_is_told_so() -> None:
    host = FakeHost()
    async with serving(host) as served, served.attach() as client:
        session = await host.session()
        session.overflowed = True
        session.wake()
        assert await closing_code(client) == 1013


@trio_test
async def test_every_front_end_is_told_when_the_inspector_ends() -> None:
    host = FakeHost()
    async with (
        serving(host) as served,
        served.attach() as one,
        served.attach() as two,
    ):
        await host.session(1)
        await served.listener.dismiss("over")
        assert [await closing_code(one), await closing_code(two)] == [1001, 1001]
        assert all(session.gone.is_set() for session in host.sessions)


@trio_test
async def test_a_front_end_that_never_answers_a_close_does_not_hold_the_inspector(
    mock_clock: MockClock,
) -> None:
    host = FakeHost()
    async with serving(host) as served:
        stream = await connect_and_stop_reading(served, host)
        began = mock_clock.current_time()
        await served.listener.dismiss("over")
        assert mock_clock.current_time() - began < 10
        await stream.aclose()
