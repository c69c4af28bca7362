"""A real HTTP server on loopback that behaves as its paths say, and is a proxy too."""

from __future__ import annotations

import gzip
import select
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import attrs

PLAIN = b"plain text"
PIECES = (b"first ", b"second ", b"third")
CHUNKED = b"".join(PIECES)
CHUNKED_WIRE = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in PIECES) + b"0\r\n\r\n"
GZIP = gzip.compress(b"packed " * 100, mtime=0)
LARGE = bytes(range(256)) * 4096
CUT = b"only so much"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        getattr(self, f"_get_{urlsplit(self.path).path.strip('/')}")()

    do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

    def do_CONNECT(self) -> None:
        self.close_connection = True
        host, port = self.path.split(":")
        with socket.create_connection((host, int(port))) as far:
            self.send_response(200)
            self.end_headers()
            _relay(self.connection, far)

    def do_POST(self) -> None:
        self._answer(200, self._body())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""

    def _get_plain(self) -> None:
        self._answer(200, PLAIN)

    def _get_missing(self) -> None:
        self._answer(404, b"nothing here")

    def _get_large(self) -> None:
        self._answer(200, LARGE)

    def _get_gzip(self) -> None:
        self._answer(200, GZIP, ("Content-Encoding", "gzip"))

    def _get_redirect(self) -> None:
        self._answer(302, b"", ("Location", "/plain"))

    def _get_cookie(self) -> None:
        self._answer(200, b"", ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))

    def _get_empty(self) -> None:
        self.send_response(204)
        self.end_headers()

    def _get_chunked(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(CHUNKED_WIRE)

    def _get_unframed(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(PLAIN)

    def _get_cut(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(CUT)

    def _get_chunked_cut(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"3e8\r\n" + CUT)

    def _get_silent(self) -> None:
        self.close_connection = True

    def _get_never(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(CUT)
        self.wfile.flush()
        # The client is to give up first.
        self.rfile.read(1)

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self) -> bytes:
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


def _relay(near: socket.socket, far: socket.socket) -> None:
    """Pass on what one says to the other until either goes away."""
    other = {near: far, far: near}
    while True:
        for speaker in select.select([near, far], [], [])[0]:
            data = speaker.recv(65536)
            if not data:
                return
            other[speaker].sendall(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self._context is None:
            super().finish_request(request, client_address)
            return
        with self._context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are what some tests are about."""


@attrs.frozen
class Server:
    """Where a running server is."""

    scheme: str
    host: str
    port: int

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Generator[Server]:
    """Run a server, with TLS if there is a *context* for it."""
    server = _Server(context)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        # Not every client can verify an address.
        scheme, host = ("https", "localhost") if context else ("http", "127.0.0.1")
        yield Server(scheme, host, server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
