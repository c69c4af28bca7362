"""Programs that answer by a handler of ``http.server``."""

from __future__ import annotations

import http.client
import socket
import sys
import threading
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy
from xmlrpc.server import SimpleXMLRPCServer

import pytest

from tapscope import integrations
from tapscope.channels.serving import ResponseIncomplete
from tapscope.integrations import http_server
from tests.integrations import wsgi_jobs as jobs
from tests.integrations.incoming_recording import Incomings, recording_incoming

OURS = str(Path(integrations.__file__).parent)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        jobs.do(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201, "Made")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Twice", "1")
        self.send_header("X-Twice", "2")
        self.end_headers()
        self.wfile.writelines([body[:2], body[2:]])

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3\r\none\r\n")
        self.wfile.write(b"4\r\n two\r\n0\r\n\r\n")

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()

    def do_DELETE(self) -> None:
        raise LookupError("nothing here")

    def do_PATCH(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


class Server(ThreadingHTTPServer):
    # Closing it waits for its threads, which may go on after their answers.
    daemon_threads = False
    errors: list[BaseException]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # theirs
        error = sys.exc_info()[1]
        assert error is not None
        self.errors.append(error)


@contextmanager
def _running(server: Any) -> Generator[http.client.HTTPConnection]:
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1])
    try:
        yield connection
    finally:
        connection.close()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _hooked() -> Iterator[None]:
    uninstall = http_server.install()
    yield
    uninstall()


@pytest.fixture
def server() -> Server:
    made = Server(("127.0.0.1", 0), Handler)
    made.errors = []
    return made


def _ask(connection: http.client.HTTPConnection, method: str, body: bytes | None = None) -> bytes:
    connection.request(method, "/a%20b?c", body, {"x-odd-CASE": "yes"})
    return connection.getresponse().read()


def test_an_exchange_is_told_from_both_sides(server: Server, incomings: Incomings) -> None:
    with jobs.parents() as parents, _running(server) as connection:
        assert _ask(connection, "POST", b"payload") == b"payload"
        told = incomings.ended()
    assert told.started.method == "POST"
    assert told.started.url == f"http://127.0.0.1:{connection.port}/a%20b?c"
    assert told.header("x-odd-CASE") == "yes"
    assert told.started.endpoint == f"{__name__}.Handler"
    assert told.request_body == told.body == b"payload"
    assert (told.answer.status, told.answer.reason) == (201, "Made")
    assert [each for each in told.answer.headers if each[0] == b"X-Twice"] == [
        (b"X-Twice", b"1"),
        (b"X-Twice", b"2"),
    ]
    assert told.is_complete
    assert parents == {"/a%20b?c": told.started.id}


def test_requests_of_one_connection_share_its_record(server: Server, incomings: Incomings) -> None:
    with _running(server) as connection:
        for _ in range(2):
            _ask(connection, "POST", b"payload")
    first, second = (told.started.connection for told in incomings)
    assert first is not None
    assert first is second
    assert first.used == 2


def test_chunks_are_told_without_their_sizes(server: Server, incomings: Incomings) -> None:
    with _running(server) as connection:
        assert _ask(connection, "GET") == b"one two"
        assert incomings.ended().body == b"one two"


def test_an_answer_without_a_body_is_complete(server: Server, incomings: Incomings) -> None:
    with _running(server) as connection:
        assert _ask(connection, "HEAD") == b""
        assert incomings.ended().is_complete


def test_a_method_that_is_not_there_is_answered_by_the_server(
    server: Server, incomings: Incomings
) -> None:
    with _running(server) as connection:
        _ask(connection, "PUT")
        assert incomings.ended().answer.status == 501


def test_an_error_is_told_and_raised(server: Server, incomings: Incomings) -> None:
    with _running(server) as connection:
        with pytest.raises(http.client.RemoteDisconnected):
            _ask(connection, "DELETE")
        told = incomings.ended()
    [error] = server.errors
    assert told.error is error
    frames = traceback.extract_tb(error.__traceback__)
    assert {frame.filename for frame in frames if frame.filename.startswith(OURS)} == set()


def test_a_handler_that_answers_nothing_fails(server: Server, incomings: Incomings) -> None:
    with _running(server) as connection:
        with pytest.raises(http.client.RemoteDisconnected):
            _ask(connection, "PATCH")
        assert isinstance(incomings.ended().error, ResponseIncomplete)


def test_what_is_no_request_is_not_told(server: Server, incomings: Incomings) -> None:
    here = "127.0.0.1", server.server_port
    with _running(server), socket.create_connection(here) as client:
        client.sendall(b"nonsense\r\n\r\n")
        assert b"400" in client.recv(1000)
    assert incomings == []


def test_what_is_built_on_such_a_handler_is_watched_too(incomings: Incomings) -> None:
    server = SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False)
    server.register_function(_double)
    with _running(server) as connection, ServerProxy(f"http://127.0.0.1:{connection.port}") as far:
        assert far._double(512) == 1024  # noqa: SLF001  # any name is a method there
        told = incomings.ended()
    assert b"<methodName>_double</methodName>" in told.request_body
    assert b"1024" in told.body


def _double(number: Any, /) -> Any:
    return 2 * number


def test_a_handler_keeps_its_own_files(server: Server) -> None:
    seen: list[Any] = []

    class Keeping(Handler):
        def do_POST(self) -> None:
            super().do_POST()
            seen.append(vars(self).keys())

        def handle_one_request(self) -> None:
            before = self.rfile, self.wfile
            super().handle_one_request()
            seen.append((self.rfile, self.wfile) == before)

    server.RequestHandlerClass = Keeping
    with recording_incoming(), _running(server) as connection:
        _ask(connection, "POST", b"payload")
    assert seen[1] is True
