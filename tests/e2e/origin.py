"""The server that the watched programs talk to, in a thread of the test process."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import socket
import ssl
import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import attrs

_FIRST_FOR_ANYBODY = 32_768
"""Of the ports that Linux gives to who asks for any; others begin even later."""
TEXT = "All work and no play makes a dull text. " * 100
PAGE = "<!doctype html><title>A page</title><h1>Hello from the origin</h1>"
RECORD = {"name": "Ada", "born": 1815, "machines": ["difference", "analytical"]}


def png(width: int, height: int) -> bytes:
    """Return a picture of one colour."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x42\x85\xf4" * width) * height)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@attrs.frozen
class Answer:
    """What the server says to one path."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    header: tuple[str, str] | None = None


ANSWERS = {
    "/record": Answer(json.dumps(RECORD).encode(), "application/json"),
    "/page": Answer(PAGE.encode(), "text/html; charset=utf-8"),
    "/picture.png": Answer(png(40, 30), "image/png"),
    "/zipped": Answer(gzip.compress(TEXT.encode()), header=("Content-Encoding", "gzip")),
    "/old": Answer(b"moved", status=302, header=("Location", "/new")),
    "/new": Answer(b"here it is"),
    "/form": Answer(b"thank you"),
    "/submit": Answer(b'{"accepted": true}', "application/json", 201),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "origin"
    sys_version = ""
    wbufsize = -1  # head and body in one write: the delayed acknowledgement costs 40 ms otherwise

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/drip":
            self._drip()
            return
        answer = ANSWERS.get(path, Answer(b"there is no such thing", status=404))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.header:
            self.send_header(*answer.header)
        self.end_headers()
        self.wfile.write(answer.body)

    def _drip(self) -> None:
        """Send a body whose second half waits for the test."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len("first second")))
        self.end_headers()
        self.wfile.write(b"first ")
        self.wfile.flush()
        assert isinstance(self.server, _Server)
        self.server.rest_of_drip.wait()
        self.wfile.write(b"second")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rest_of_drip = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class Origin:
    """A running server on a port of its own; over TLS if it is given a context.

    Attributes:
        url: Where it is, without a slash at the end.
        port: The port, on 127.0.0.1.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = _Server()
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def finish_drip(self) -> None:
        """Let ``/drip`` send its second half."""
        self._server.rest_of_drip.set()

    def close(self) -> None:
        """Stop serving, and free the port."""
        self._server.shutdown()
        self._server.server_close()


def closed_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, nor gets who asks for any."""
    while True:
        number = random.randrange(10_000, _FIRST_FOR_ANYBODY)
        with contextlib.suppress(OSError), socket.socket() as free:
            free.bind(("127.0.0.1", number))
            return number
