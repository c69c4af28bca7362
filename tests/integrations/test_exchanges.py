"""Every client against every behaviour of a server."""

from __future__ import annotations

import contextlib
import gzip
import ssl
from types import CodeType

import pytest

from tests.integrations import clients
from tests.integrations import server as served
from tests.integrations.clients import Ask, Client
from tests.integrations.recording import Exchange, Recording
from tests.integrations.server import Server

every_client = pytest.mark.parametrize("client", clients.ALL, ids=lambda client: client.__name__)


@every_client
@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/plain", 200, served.PLAIN),
        ("/plain?a=1&b=2", 200, served.PLAIN),
        ("/missing", 404, b"nothing here"),
        ("/large", 200, served.LARGE),
        ("/chunked", 200, served.CHUNKED),
        ("/unframed", 200, served.PLAIN),
        ("/empty", 204, b""),
    ],
)
def test_one_request_is_one_exchange_whichever_layers_it_passes(
    client: Client, path: str, status: int, body: bytes, server: Server, recorded: Recording
) -> None:
    answer = client(Ask(server.url(path)))
    exchange = recorded.only()
    assert (answer.status, answer.body) == (status, body)
    assert (exchange.started.method, exchange.started.url) == ("GET", server.url(path))
    assert (exchange.answer.status, exchange.received) == (status, body)
    assert exchange.end.complete


@every_client
def test_events_come_in_order_and_end_once(
    client: Client, server: Server, recorded: Recording
) -> None:
    client(Ask(server.url("/plain")))
    assert recorded.only().events == ["start", "headers", "body_chunk", "finish"]


@every_client
def test_the_head_of_the_wire_is_told(client: Client, server: Server, recorded: Recording) -> None:
    client(Ask(server.url("/cookie")))
    exchange = recorded.only()
    assert exchange.request_header("host") == f"127.0.0.1:{server.port}"
    cookies = [
        value for name, value in exchange.answer.headers if name in {"Set-Cookie", b"Set-Cookie"}
    ]
    assert [c if isinstance(c, str) else c.decode() for c in cookies] == ["a=1", "b=2"]
    assert (exchange.answer.reason, exchange.answer.protocol) == ("OK", "http/1.1")


@every_client
def test_a_compressed_body_is_told_as_it_came(
    client: Client, server: Server, recorded: Recording
) -> None:
    answer = client(Ask(server.url("/gzip")))
    decoded = client in clients.DECODING
    assert answer.body == (gzip.decompress(served.GZIP) if decoded else served.GZIP)
    assert recorded.only().received == served.GZIP


@every_client
def test_the_length_on_the_wire_is_counted(
    client: Client, server: Server, recorded: Recording
) -> None:
    client(Ask(server.url("/chunked")))
    sees_wire = client in clients.ON_HTTP_CLIENT
    expected = len(served.CHUNKED_WIRE) if sees_wire else len(served.CHUNKED)
    assert recorded.only().end.encoded_length == expected


@every_client
@pytest.mark.parametrize(
    ("body", "pieces"), [(b"a form", ()), (None, (b"piece ", b"after ", b"piece"))]
)
def test_the_body_of_a_request_is_told_without_framing(
    client: Client,
    body: bytes | None,
    pieces: tuple[bytes, ...],
    server: Server,
    recorded: Recording,
) -> None:
    expected = body or b"".join(pieces)
    answer = client(Ask(server.url("/echo"), "POST", body, pieces))
    exchange = recorded.only()
    assert answer.body == expected
    assert exchange.sent == expected
    assert exchange.received == expected


@every_client
def test_a_head_request_ends_without_a_body(
    client: Client, server: Server, recorded: Recording
) -> None:
    client(Ask(server.url("/plain"), "HEAD"))
    exchange = recorded.only()
    assert (exchange.received, exchange.end.complete) == (b"", True)


@pytest.mark.parametrize("client", clients.FOLLOWING, ids=lambda client: client.__name__)
def test_a_redirect_knows_where_it_came_from(
    client: Client, server: Server, recorded: Recording
) -> None:
    answer = client(Ask(server.url("/redirect")))
    assert answer.body == served.PLAIN
    first, second = recorded
    assert (first.answer.status, second.answer.status) == (302, 200)
    assert (first.started.redirected_from, second.started.redirected_from) == (
        None,
        first.started.id,
    )


@every_client
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refused_connection_is_an_exchange_that_failed(
    client: Client, scheme: str, refusing_port: int, recorded: Recording
) -> None:
    url = f"{scheme}://127.0.0.1:{refusing_port}/plain"
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        client(Ask(url))
    assert recorded
    for exchange in recorded:
        assert exchange.started.url == url
        assert exchange.events == ["start", "error"]
    assert recorded[-1].error in _causes(caught.value)


@every_client
@pytest.mark.parametrize("path", ["/cut", "/chunked_cut"])
def test_a_body_that_breaks_off_is_an_exchange_that_failed(
    client: Client, path: str, server: Server, recorded: Recording
) -> None:
    # requests on urllib3 1 takes what came for the whole.
    with contextlib.suppress(Exception):
        client(Ask(server.url(path)))
    exchange = recorded.only()
    assert exchange.answer.status == 200
    assert exchange.received == served.CUT
    assert exchange.events[-1] == "error"


@every_client
def test_a_server_that_hangs_up_is_an_exchange_that_failed(
    client: Client, server: Server, recorded: Recording
) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        client(Ask(server.url("/silent")))
    assert recorded[-1].events == ["start", "error"]
    assert recorded[-1].error in _causes(caught.value)


@every_client
def test_the_phases_of_an_exchange_follow_each_other(
    client: Client, tls_server: Server, trusting: ssl.SSLContext, recorded: Recording
) -> None:
    client(Ask(tls_server.url("/plain"), trust=trusting))
    exchange = recorded.only()
    connection = exchange.answer.connection
    assert connection is not None
    assert connection.tls in {"TLSv1.2", "TLSv1.3"}
    assert (connection.remote_address, connection.remote_port) == ("127.0.0.1", tls_server.port)
    phases = [
        exchange.started.at,
        connection.dns_start or exchange.started.at,
        connection.dns_end or exchange.started.at,
        connection.connect_start,
        connection.connect_end,
        connection.tls_start,
        connection.tls_end,
        exchange.answer.send_start,
        exchange.answer.send_end,
        exchange.answer.at,
        exchange.end.at,
    ]
    assert None not in phases
    assert phases == sorted(phases, key=lambda at: at or 0)


@every_client
def test_the_stack_leads_to_the_program(
    client: Client, server: Server, recorded: Recording
) -> None:
    client(Ask(server.url("/plain")))
    names = [code.co_name for code in _codes(recorded.only())]
    assert any(name.lstrip("_").startswith("by_") for name in names)


def _codes(exchange: Exchange) -> list[CodeType]:
    return [code for code in exchange.started.stack if isinstance(code, CodeType)]


def _causes(error: BaseException | None) -> list[BaseException]:
    """Give *error* and what it was made from, as the clients tell it."""
    found: list[BaseException] = []
    todo = [error]
    while todo:
        each = todo.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            todo += [each.__cause__, each.__context__, getattr(each, "reason", None)]
            todo += [arg for arg in each.args if isinstance(arg, BaseException)]
    return found
