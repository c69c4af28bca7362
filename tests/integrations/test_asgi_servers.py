"""Requests to real servers, found without a line in the application."""

from __future__ import annotations

import functools
import socket
import ssl
import threading
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import trustme

from tapscope import integrations
from tapscope.channels.serving import ClientDisconnected
from tapscope.integrations import hypercorn, uvicorn
from tapscope.integrations.asgi import TapscopeMiddleware
from tests.integrations import asgi_servers
from tests.integrations.asgi_servers import (
    Serving,
    by_hypercorn_on_asyncio,
    by_hypercorn_on_trio,
    by_uvicorn_h11,
)
from tests.integrations.incoming_recording import Incomings

OURS = str(Path(integrations.__file__).parent)

every_server = pytest.mark.parametrize(
    "serving", asgi_servers.ALL.values(), ids=asgi_servers.ALL.keys()
)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Send back the request's body as it comes."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await send({"type": "http.response.start", "status": 201, "headers": [(b"kind", b"echo")]})
    more = True
    while more:
        message = await receive()
        more = message["more_body"]
        await send({"type": "http.response.body", "body": message["body"], "more_body": more})


@every_server
def test_a_request_is_told_as_it_came_and_its_response_as_it_went(
    serving: Serving, incomings: Incomings
) -> None:
    with serving(echo) as url:
        answer = httpx.post(f"{url}/a%2Fb?q=%20", content=b"question", headers={"Kind": "odd"})
        told = incomings.ended()
    assert (answer.status_code, answer.content) == (201, b"question")
    assert (told.started.method, told.started.url) == ("POST", f"{url}/a%2Fb?q=%20")
    assert (told.started.protocol, told.started.parent) == ("http/1.1", None)
    assert (b"kind", b"odd") in told.started.headers
    assert told.started.endpoint == f"{__name__}.echo"
    assert (told.answer.status, told.answer.headers) == (201, [(b"kind", b"echo")])
    assert (b"".join(told.received), b"".join(told.sent)) == (b"question", b"question")
    assert (told.end.encoded_length, told.end.complete) == (8, True)
    connection = told.started.connection
    assert connection is not None
    assert connection.remote_address == "127.0.0.1"


@every_server
def test_requests_of_a_connection_share_its_record(serving: Serving, incomings: Incomings) -> None:
    with serving(echo) as url, httpx.Client() as client:
        for _ in range(3):
            client.get(url)
        incomings.wait_for(3)
    first, second, third = incomings
    assert first.started.connection is second.started.connection is third.started.connection
    assert first.started.connection is not None
    assert first.started.connection.used == 3


@every_server
def test_an_application_is_found_by_a_server_that_runs_already(
    serving: Serving, incomings: Incomings
) -> None:
    integrations.uninstall()
    with serving(echo) as url, httpx.Client() as client:
        client.get(f"{url}/before")
        integrations.install()
        client.get(f"{url}/meanwhile")
        incomings.wait_for(1)
        integrations.uninstall()
        client.get(f"{url}/after")
    assert incomings.ended().started.url == f"{url}/meanwhile"


@every_server
def test_an_application_in_the_middleware_is_told_once(
    serving: Serving, incomings: Incomings
) -> None:
    with serving(TapscopeMiddleware(echo)) as url:
        httpx.get(url)
        assert incomings.ended().end.complete


@every_server
def test_an_error_of_the_application_is_how_its_exchange_ends(
    serving: Serving, incomings: Incomings
) -> None:
    error = LookupError("nothing like it")

    async def fail(_scope: Any, _receive: Any, _send: Any) -> None:
        raise error

    with serving(fail) as url:
        assert httpx.get(url).status_code == 500
        told = incomings.ended()
    assert told.error is error
    assert told.events == ["start", "error"]
    files = {frame.filename for frame in traceback.extract_tb(error.__traceback__)}
    assert not {file for file in files if file.startswith(OURS)}


@every_server
def test_a_client_that_goes_away_early_is_a_failure(serving: Serving, incomings: Incomings) -> None:
    async def wait(_scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"some", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass

    with serving(wait) as url:
        with httpx.stream("GET", url) as answer:
            assert next(answer.iter_raw()) == b"some"
        told = incomings.ended()
    assert isinstance(told.error, ClientDisconnected)
    assert told.sent == [b"some"]


@every_server
def test_a_large_body_is_told_as_the_application_reads_it(
    serving: Serving, incomings: Incomings
) -> None:
    """Which an application may also leave undone."""

    async def read_once(_scope: Any, receive: Any, send: Any) -> None:
        size = len((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % size})

    with serving(read_once) as url:
        answer = httpx.post(url, content=bytes(1_000_000))
        told = incomings.ended()
    assert sum(map(len, told.received)) == int(answer.content)


@every_server
@pytest.mark.parametrize("hooked", [True, False], ids=["hooked", "in the middleware alone"])
def test_requests_that_follow_on_a_connection_are_no_children_of_each_other(
    serving: Serving, incomings: Incomings, *, hooked: bool
) -> None:
    """Nor are pipelined ones: servers begin these where they sent the last response."""
    if not hooked:
        integrations.uninstall()
    question = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + bytes(100_000)
    with serving(TapscopeMiddleware(echo)) as url, _connected(url) as connection:
        for count in (1, 1, 3):
            before = len(incomings)
            connection.sendall(question * count)
            incomings.wait_for(before + count)
    assert [each.started.parent for each in incomings] == [None] * 5
    assert all(each.end.complete for each in incomings)


@pytest.mark.parametrize("on", [by_hypercorn_on_asyncio, by_hypercorn_on_trio])
def test_http2_is_told(
    on: Callable[[Any, Path], Any],
    authority: trustme.CA,
    trusting: ssl.SSLContext,
    tmp_path: Path,
    incomings: Incomings,
) -> None:
    certificate = tmp_path / "certificate.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    with on(echo, certificate) as url, httpx.Client(http2=True, verify=trusting) as client:
        for number in range(2):
            answer = client.post(f"{url}/{number}", content=b"question")
            assert (answer.http_version, answer.content) == ("HTTP/2", b"question")
        incomings.wait_for(2)
    first, second = incomings
    assert (first.started.protocol, first.started.url) == ("h2", f"{url}/0")
    assert (first.received, b"".join(second.sent)) == ([b"question"], b"question")
    assert first.started.connection is second.started.connection


@contextmanager
def _connected(url: str) -> Generator[socket.socket]:
    """Give a connection whose answers are read and forgotten."""

    def read() -> None:
        with suppress(ConnectionResetError):
            while connection.recv(65536):
                pass

    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as connection:
        reader = threading.Thread(target=read)
        reader.start()
        yield connection
        connection.shutdown(socket.SHUT_RDWR)
        reader.join()


def wsgi(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Kind", "wsgi")])
    return [b"by ", b"WSGI"]


@pytest.mark.filterwarnings("ignore:Uvicorn's native WSGI implementation is deprecated")
@pytest.mark.parametrize(
    "serving", [functools.partial(by_uvicorn_h11, interface="wsgi"), by_hypercorn_on_asyncio]
)
def test_a_wsgi_application_on_an_asgi_server_is_told(
    serving: Serving, incomings: Incomings
) -> None:
    with serving(wsgi) as url:
        answer = httpx.get(url)
        told = incomings.ended()
    assert (answer.content, b"".join(told.sent)) == (b"by WSGI", b"by WSGI")
    assert told.started.endpoint == f"{__name__}.wsgi"
    assert (b"kind", b"wsgi") in [(name.lower(), value) for name, value in told.answer.headers]


class TwoSteps:
    """An application of ASGI 2."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope

    async def __call__(self, receive: Any, send: Any) -> None:
        await echo(self.scope, receive, send)


@pytest.mark.parametrize(
    ("settings", "app", "endpoint"),
    [
        ({}, TwoSteps, "TwoSteps"),
        ({"factory": True}, lambda: echo, "echo"),
        ({"proxy_headers": False}, echo, "echo"),
    ],
)
def test_uvicorn_may_load_an_application_in_any_way(
    settings: dict[str, Any], app: Any, endpoint: str, incomings: Incomings
) -> None:
    with by_uvicorn_h11(app, **settings) as url:
        httpx.get(url)
        told = incomings.ended()
    assert told.started.endpoint == f"{__name__}.{endpoint}"
    assert told.end.complete


@pytest.mark.parametrize(
    ("install", "serving"),
    [
        (uvicorn.install, by_uvicorn_h11),
        (uvicorn.install, asgi_servers.by_uvicorn_httptools),
        (hypercorn.install, by_hypercorn_on_asyncio),
        (hypercorn.install, by_hypercorn_on_trio),
    ],
)
def test_a_server_is_hooked_alone_and_left_again(
    install: Callable[[], Callable[[], None]], serving: Serving, incomings: Incomings
) -> None:
    integrations.uninstall()
    with serving(echo) as url:
        uninstall = install()
        httpx.get(f"{url}/meanwhile")
        incomings.wait_for(1)
        uninstall()
        httpx.get(f"{url}/after")
    assert incomings.ended().started.url == f"{url}/meanwhile"
