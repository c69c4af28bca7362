"""Programs come in through the link; strangers do not stay."""

from __future__ import annotations

import logging
import socket
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock, trio_test

from tapscope.agents.host.inspector import links
from tests.agents.inspector.fakes import GREETING, FakeHost, linking


@pytest.fixture
def path() -> Iterator[str]:
    # pytest's own directories are too long for the name of a Unix socket on macOS.
    with tempfile.TemporaryDirectory() as directory:
        yield str(Path(directory) / "link")


@asynccontextmanager
async def program(path: str) -> AsyncGenerator[trio.SocketStream, None]:
    async with await trio.open_unix_socket(path) as stream:
        await stream.send_all(GREETING)
        assert await stream.receive_some() == GREETING.upper()
        yield stream


@trio_test
async def test_bytes_are_carried_both_ways(path: str) -> None:
    host = FakeHost()
    async with linking(host, path), program(path) as stream:
        await stream.send_all(b" world")
        assert await stream.receive_some() == b" WORLD"
        assert host.peers[0].received == b"hello world"


@trio_test
async def test_a_peer_is_closed_when_its_program_ends(path: str) -> None:
    host = FakeHost()
    async with linking(host, path):
        async with program(path):
            assert not host.peers[0].gone.is_set()
        await host.peers[0].gone.wait()


@trio_test
async def test_what_a_program_said_last_is_received(path: str) -> None:
    host = FakeHost()
    last = b"x" * 3_000_000
    async with linking(host, path):
        with socket.socket(socket.AF_UNIX) as plain:
            plain.connect(path)
            await trio.to_thread.run_sync(plain.sendall, GREETING + last)
        peer = await host.peer()
        await peer.gone.wait()
    assert host.peers[0].received == GREETING + last


@trio_test
async def test_a_stranger_is_told_to_go_and_nobody_else_is(path: str) -> None:
    host = FakeHost()
    async with linking(host, path), program(path) as stream:
        async with await trio.open_unix_socket(path) as stranger:
            await stranger.send_all(b"GET / HTTP/1.1\r\n\r\n")
            assert await stranger.receive_some() == b"go away"
            assert await stranger.receive_some() == b""
        assert host.peers[1].gone.is_set()
        await stream.send_all(b"!")
        assert await stream.receive_some() == b"!"


@pytest.mark.parametrize("said", [b"", GREETING[:2]])
def test_a_stranger_who_says_nothing_is_thrown_out(path: str, said: bytes) -> None:
    async def keep_silent() -> None:
        async with linking(FakeHost(), path), await trio.open_unix_socket(path) as stranger:
            began = trio.current_time()
            await stranger.send_all(said)
            while await stranger.receive_some():
                pass
            assert trio.current_time() - began == pytest.approx(links.GREETING, abs=1)

    trio.run(keep_silent, clock=MockClock(autojump_threshold=0.1))


@trio_test
async def test_a_program_may_be_silent_for_a_day(path: str, mock_clock: MockClock) -> None:
    del mock_clock
    host = FakeHost()
    async with linking(host, path), program(path):
        await trio.sleep(80_000)
        assert not host.peers[0].gone.is_set()


@trio_test
async def test_strangers_are_bounded(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAX_LINKS", 2)
    host = FakeHost()
    async with linking(host, path), program(path), program(path):
        async with await trio.open_unix_socket(path) as one_too_many:
            assert await one_too_many.receive_some() == b""
        assert len(host.peers) == 2


@trio_test
async def test_what_waits_for_a_program_that_does_not_read_is_bounded(
    path: str, caplog: pytest.LogCaptureFixture, mock_clock: MockClock
) -> None:
    del mock_clock
    host = FakeHost()
    with caplog.at_level(logging.CRITICAL):
        async with linking(host, path), program(path) as stream:
            for _ in range(100):
                host.peers[0].send(b"x" * 1_000_000)
            received = 0
            with trio.move_on_after(10):
                while data := await stream.receive_some():
                    received += len(data)
            assert 1_000_000 <= received <= links.MAX_OUTGOING


@trio_test
async def test_a_failing_peer_harms_no_other(path: str, caplog: pytest.LogCaptureFixture) -> None:
    host = FakeHost()

    with caplog.at_level(logging.CRITICAL):
        async with linking(host, path), program(path) as one, program(path) as two:
            host.peers[0].failing = True
            await one.send_all(b"x")
            assert await one.receive_some() == b""
            await two.send_all(b"x")
            assert await two.receive_some() == b"X"
