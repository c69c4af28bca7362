"""A server whose answers are coded, in odd charsets, or long; in a thread of the test process."""

from __future__ import annotations

import gzip
import json
import random
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

from tapscope.agents.host.content.codings import zstd_module
from tests.e2e.origin import Answer, png

brotli: Any = import_module("brotli")  # it has no stubs
zstd = zstd_module()

RECORD = json.dumps({"name": "Ada", "born": 1815}).encode()
LIMIT = 20_000
"""What the host is told to keep of one body."""


def _coded(body: bytes, encoding: str) -> Answer:
    return Answer(body, "application/json", header=("Content-Encoding", encoding))


def _noise(length: int) -> bytes:
    return random.Random(20).randbytes(length)


ANSWERS: Mapping[str, Answer] = {
    "/br": _coded(brotli.compress(RECORD), "br"),
    "/zstd": _coded(zstd.compress(RECORD), "zstd"),
    "/twice": _coded(brotli.compress(gzip.compress(RECORD)), "gzip, br"),
    "/wrong": Answer(b"plain after all", header=("Content-Encoding", "br")),
    "/euro": Answer(b"10 \x80 for gr\xfcn", "text/plain; charset=iso-8859-1"),
    "/long": Answer(b"0123456789" * 3300, "text/plain"),
    "/picture": Answer(png(40, 30) + _noise(LIMIT), "image/png"),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one write: the delayed acknowledgement costs 40 ms otherwise

    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path, Answer(b"thank you"))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.header:
            self.send_header(*answer.header)
        self.end_headers()
        self.wfile.write(answer.body)

    def do_POST(self) -> None:
        if "Content-Length" in self.headers:
            self.rfile.read(int(self.headers["Content-Length"]))
        else:
            while length := int(self.rfile.readline(), 16):
                self.rfile.read(length + len("\r\n"))
            self.rfile.readline()
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Bodies:
    """A running server on a port of its own.

    Attributes:
        place: Where it is, ``127.0.0.1:PORT``.
    """

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self.place = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving, and free the port."""
        self._server.shutdown()
        self._server.server_close()
