"""The server of the demonstration: a route for each kind of answer that a panel can show."""

from __future__ import annotations

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs

from .picture import png

_SLOW = 2.5
_PIECES = 8
_BETWEEN_PIECES = 0.4
_PAGE = b"""<!doctype html>
<title>Tapscope's demonstration</title>
<h1>It is alive</h1>
<p>This page was asked for by a Python program, not by a browser.</p>
"""
_PEOPLE = [{"id": number, "name": name} for number, name in enumerate(["Ada", "Grace", "Mary"])]
_TEXT = "".join(f"{number:>6}  The quick brown fox counts lines.\n" for number in range(40_000))


def start() -> str:
    """Serve on a free port of this machine until the process ends; give the server's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "demo"

    def do_GET(self) -> None:
        answer = self._routes.get(self.path.partition("?")[0])
        if answer is None:
            self._send(404, "application/json", _json({"error": f"there is no {self.path}"}))
        else:
            answer(self)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = {name: values[0] for name, values in parse_qs(sent.decode()).items()}
        self._send(201, "application/json", _json({"created": form}))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
        """Say nothing: the panel shows it better."""

    def _page(self) -> None:
        self._send(200, "text/html; charset=utf-8", _PAGE, {"Set-Cookie": "seen=yes; Path=/"})

    def _people(self) -> None:
        self._send(200, "application/json", _json(_PEOPLE))

    def _moved(self) -> None:
        self._send(302, "text/plain", b"", {"Location": "/people.json"})

    def _slow(self) -> None:
        time.sleep(_SLOW)
        self._send(200, "application/json", _json({"worth": "the wait"}))

    def _large(self) -> None:
        self._send(200, "text/plain", _TEXT.encode())

    def _picture(self) -> None:
        self._send(200, "image/png", png(128))

    def _packed(self) -> None:
        body = gzip.compress(_json(_PEOPLE * 100))
        self._send(200, "application/json", body, {"Content-Encoding": "gzip"})

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(1, _PIECES + 1):
            self._send_chunk(f"piece {number} of {_PIECES}\n".encode())
            time.sleep(_BETWEEN_PIECES)
        self._send_chunk(b"")

    def _send_chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _send(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in (fixed | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    _routes: ClassVar = {
        "/": _page,
        "/people.json": _people,
        "/moved": _moved,
        "/slow": _slow,
        "/large.txt": _large,
        "/picture.png": _picture,
        "/packed.json": _packed,
        "/stream": _stream,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()
