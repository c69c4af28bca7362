"""Responses 103, which come before the one that counts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import h11
import pytest

from tests.integrations import clients
from tests.integrations.clients import Ask, Client
from tests.integrations.recording import Recording

HINTS = (
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nLink: </b.css>\r\n\r\n"
    b"HTTP/1.1 103 Early Hints\r\nLink: </c.js>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"
)

on_httpcore = [client for client in clients.ALL if client not in clients.ON_HTTP_CLIENT]
on_http_client = [client for client in clients.ALL if client in clients.ON_HTTP_CLIENT]


@pytest.fixture
def hinting() -> Iterator[str]:
    """A server that answers one request, after hints."""

    def serve() -> None:
        with listener.accept()[0] as connection:
            connection.recv(65536)
            connection.sendall(HINTS)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize("client", on_httpcore, ids=lambda client: client.__name__)
def test_hints_are_told_with_the_response(
    client: Client, hinting: str, recorded: Recording
) -> None:
    assert client(Ask(hinting)).body == b"body"
    exchange = recorded.only()
    assert exchange.events == ["start", "headers", "body_chunk", "finish"]
    hints = [(name.lower(), value) for name, value in exchange.answer.early_hints]
    assert hints == [(b"link", b"</a.css>"), (b"link", b"</b.css>"), (b"link", b"</c.js>")]


@pytest.mark.parametrize("client", on_http_client, ids=lambda client: client.__name__)
def test_to_http_client_a_hint_is_the_response(
    client: Client, hinting: str, recorded: Recording
) -> None:
    client(Ask(hinting))
    assert recorded[0].answer.status == 103


@pytest.mark.parametrize("status", [100, 103])
def test_others_may_make_such_responses_as_ever(status: int, recorded: Recording) -> None:
    response = h11.InformationalResponse(status_code=status, headers=[("Link", "</a.css>")])
    assert response.status_code == status
    with pytest.raises(h11.LocalProtocolError):
        h11.InformationalResponse(status_code=200, headers=[])
    assert not recorded
