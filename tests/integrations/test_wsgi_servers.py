"""Servers that are watched without a line in the program."""

from __future__ import annotations

import http.client
import io
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from wsgiref.handlers import SimpleHandler

import flask
import flask.views
import pytest
import werkzeug.serving

from tapscope import integrations
from tapscope.integrations.wsgi import TapscopeMiddleware
from tests.integrations import wsgi_jobs as jobs
from tests.integrations import wsgi_servers as servers
from tests.integrations.incoming_recording import Incomings, recording_incoming
from tests.integrations.wsgi_fakes import environ
from tests.integrations.wsgi_servers import Serving

every_server = pytest.mark.parametrize(
    "serving", servers.ALL, ids=lambda serving: serving.__name__.strip("_")
)

site = flask.Flask(__name__)


@site.post("/echo/<name>")
def echo(name: str) -> tuple[bytes, int, dict[str, str]]:
    jobs.do(f"echo {name}")
    return flask.request.get_data(), 201, {"X-Name": name}


@site.get("/stream")
def stream() -> Iterator[bytes]:
    yield b"one "
    jobs.do("stream")
    yield b"two"


@site.get("/endless")
def endless() -> Iterator[bytes]:
    while True:
        yield b"again " * 10_000


@site.get("/file")
def file() -> flask.Response:
    return flask.send_file(Path(__file__), mimetype="text/plain")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keep the servers' words about requests and clients that went away to themselves."""
    loggers = [logging.getLogger(name) for name in ("werkzeug", "waitress")]
    for logger in loggers:
        logger.disabled = True
    yield
    for logger in loggers:
        logger.disabled = False


def _ask(
    port: int, path: str, method: str = "GET", body: bytes | Iterator[bytes] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request(method, path, body, {"x-odd-CASE": "yes"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@every_server
def test_an_exchange_is_told_from_both_sides(serving: Serving, incomings: Incomings) -> None:
    with serving(site) as port:
        answer = _ask(port, "/echo/a%2Fb%20c?q=%C3%BC", "POST", b"payload")
        assert answer == (404, _ask(port, "/nowhere")[1])
        assert _ask(port, "/echo/a%20b?q=%C3%BC", "POST", b"payload") == (201, b"payload")
    incomings.wait_for(3)
    told = incomings[2]
    assert told.started.method == "POST"
    assert told.started.url == f"http://127.0.0.1:{port}/echo/a%20b?q=%C3%BC"
    assert told.started.protocol == "http/1.1"
    assert told.header("Content-Length") == "7"
    assert told.request_body == told.body == b"payload"
    assert (told.answer.status, told.answer.reason) == (201, "CREATED")
    assert ("X-Name", "a b") in list(told.answer.headers)
    assert told.is_complete
    assert incomings[0].started.url == f"http://127.0.0.1:{port}/echo/a%2Fb%20c?q=%C3%BC"


@every_server
def test_the_view_that_answers_is_named(serving: Serving, incomings: Incomings) -> None:
    with serving(site) as port:
        _ask(port, "/stream")
        endpoint = incomings.ended().answer.endpoint
    assert endpoint == f"{__name__}.stream"


class Shop(flask.views.View):
    def dispatch_request(self) -> str:
        return "open"


site.add_url_rule("/shop", view_func=Shop.as_view("shop"))


def test_a_view_that_is_a_class_is_named_as_such(incomings: Incomings) -> None:
    with servers.wsgiref(site) as port:
        _ask(port, "/shop")
        assert incomings.ended().answer.endpoint == f"{__name__}.Shop"


def test_a_handler_without_a_server_is_watched_too(incomings: Incomings) -> None:
    """As with CGI."""
    answer = io.BytesIO()
    handler = SimpleHandler(io.BytesIO(), answer, io.StringIO(), environ(path="/cgi"))
    handler.run(site)
    assert b"404 NOT FOUND" in answer.getvalue()
    told = incomings.only()
    assert (told.started.url, told.answer.status) == ("http://example.org/cgi", 404)


@every_server
def test_a_client_has_an_address_and_a_port(serving: Serving, incomings: Incomings) -> None:
    with serving(site) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /stream HTTP/1.0\r\n\r\n")
            while client.recv(65536):
                pass
            own = client.getsockname()
        told = incomings.ended()
    assert told.started.connection is not None
    assert (told.started.connection.remote_address, told.started.connection.remote_port) == own


def test_requests_of_one_connection_share_its_record(incomings: Incomings) -> None:
    with servers.waitress_(site) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(2):
            connection.request("POST", "/echo/again", b"body")
            connection.getresponse().read()
        connection.close()
    first, second = (told.started.connection for told in incomings)
    assert first is not None
    assert first is second
    assert first.used == 2


@pytest.mark.parametrize("serving", [servers.wsgiref, servers.werkzeug_])
def test_headers_are_those_of_the_wire(serving: Serving, incomings: Incomings) -> None:
    """As far as the server still has them; WSGI has lost case and order."""
    with serving(site) as port:
        _ask(port, "/stream")
    assert [name for name, _ in incomings.ended().started.headers] == [
        "Host",
        "Accept-Encoding",
        "x-odd-CASE",
    ]


@every_server
def test_a_stream_is_told_piece_by_piece(serving: Serving, incomings: Incomings) -> None:
    with jobs.parents() as parents, serving(site) as port:
        assert _ask(port, "/stream") == (200, b"one two")
        told = incomings.ended()
    assert told.sent == [b"one ", b"two"]
    assert parents == {"stream": told.started.id}


@every_server
def test_a_file_arrives_whole(serving: Serving, incomings: Incomings) -> None:
    content = Path(__file__).read_bytes()
    with serving(site) as port:
        assert _ask(port, "/file") == (200, content)
        told = incomings.ended()
    assert told.finished is not None
    assert told.finished.encoded_length == len(content)
    assert told.is_complete


@every_server
def test_a_client_that_leaves_fails_the_exchange(serving: Serving, incomings: Incomings) -> None:
    with serving(site) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
            client.recv(100)
        told = incomings.ended()
    assert told.failed is not None


@every_server
def test_an_application_that_raises_is_told_with_its_error(
    serving: Serving, incomings: Incomings, capsys: pytest.CaptureFixture[str]
) -> None:
    def app(_environ: Any, _start_response: Any) -> list[bytes]:
        raise LookupError("nothing here")

    with serving(app) as port:
        assert _ask(port, "/")[0] == 500
        assert isinstance(incomings.ended().error, LookupError)
    assert "tapscope" not in capsys.readouterr().err


@every_server
def test_a_middleware_besides_tells_nothing_twice(serving: Serving, incomings: Incomings) -> None:
    with serving(TapscopeMiddleware(site)) as port:
        _ask(port, "/stream")
        incomings.ended()
    incomings.only()


@every_server
def test_the_answer_on_the_wire_is_the_same_watched_or_not(serving: Serving) -> None:
    """Down to the headers that a server derives from what it is given."""

    def app(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Date", "now"), ("Content-Type", "text/plain")])
        return [b"one piece"]

    with serving(app) as port:
        idle = _raw(port)
        with recording_incoming():
            assert _raw(port) == idle
    assert b"Content-Length: 9" in idle or serving is servers.werkzeug_


def _raw(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while data := client.recv(65536):
            answer += data
        # werkzeug says the time although the application does.
        return re.sub(rb"Date: [^\r]* GMT", b"Date: now", answer)


def test_a_server_keeps_the_application_it_was_given() -> None:
    """While nobody listens, and again when the hooks are taken out."""
    server = werkzeug.serving.make_server("127.0.0.1", 0, site)
    with closing(server.socket):
        assert server.app is site
        with recording_incoming():
            assert isinstance(server.app, TapscopeMiddleware)
            integrations.uninstall()
            assert server.app is site
    assert not hasattr(werkzeug.serving.BaseWSGIServer, "app")


def test_a_server_may_be_given_another_application_or_none() -> None:
    other = flask.Flask("other")
    server = werkzeug.serving.make_server("127.0.0.1", 0, site)
    with closing(server.socket), recording_incoming():
        server.app = other
        served: Any = server.app
        assert served.name == "other"
        del server.app
        assert not hasattr(server, "app")
        with pytest.raises(AttributeError):
            del server.app


def test_a_hook_stays_as_long_as_somebody_wants_it() -> None:
    server = werkzeug.serving.make_server("127.0.0.1", 0, site)
    with closing(server.socket), recording_incoming():
        uninstall = integrations.werkzeug.install()
        integrations.uninstall()
        assert server.app is not site
        uninstall()
        uninstall()
        assert server.app is site


@every_server
def test_a_request_that_was_there_before_the_listener_is_left_alone(serving: Serving) -> None:
    began, go = threading.Event(), threading.Event()

    def app(_environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"one "
        began.set()
        assert go.wait(60)
        yield b"two"

    with ThreadPoolExecutor(1) as asking, serving(app) as port:
        answer = asking.submit(_ask, port, "/")
        assert began.wait(60)
        with recording_incoming() as incomings:
            go.set()
            assert answer.result() == (200, b"one two")
    assert incomings == []
