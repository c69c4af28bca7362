"""HTTP/2, where httpx can speak it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
import trustme

from tests.certificates import certified
from tests.integrations.recording import Recording

pytest.importorskip("h2")

import h2.config
import h2.connection
import h2.events


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Answer every request of one connection with its own body."""
    with listener.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as peer:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        bodies: dict[int, bytes] = {}
        peer.sendall(state.data_to_send())
        while data := peer.recv(65536):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
                elif isinstance(event, h2.events.StreamEnded):
                    state.send_headers(event.stream_id, [(":status", "200"), ("kind", "echo")])
                    body = bodies.get(event.stream_id, b"nothing")
                    state.send_data(event.stream_id, body, end_stream=True)
            peer.sendall(state.data_to_send())


@contextmanager
def _serving(authority: trustme.CA) -> Generator[str]:
    context = certified(authority, "h2", host="127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, context))
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def url(authority: trustme.CA) -> Generator[str]:
    with _serving(authority) as running:
        yield running


def _check(recorded: Recording) -> None:
    first, second = recorded
    assert (first.answer.protocol, first.answer.reason) == ("h2", "")
    assert (first.sent, first.received) == (b"", b"nothing")
    assert (second.sent, second.received) == (b"a body", b"a body")
    assert first.answer.connection is second.answer.connection
    assert (first.answer.reused, second.answer.reused) == (False, True)
    for exchange in recorded:
        assert exchange.end.complete
        assert exchange.answer.send_start is not None
        assert exchange.answer.send_end is not None
        assert exchange.answer.send_start <= exchange.answer.send_end


def test_http2_is_told(url: str, trusting: ssl.SSLContext, recorded: Recording) -> None:
    with httpx.Client(http2=True, verify=trusting) as client:
        client.get(url)
        client.post(url, content=b"a body")
    _check(recorded)


def test_asynchronous_http2_is_told(
    url: str, trusting: ssl.SSLContext, recorded: Recording
) -> None:
    async def talk() -> None:
        async with httpx.AsyncClient(http2=True, verify=trusting) as client:
            await client.get(url)
            await client.post(url, content=b"a body")

    asyncio.run(talk())
    _check(recorded)
