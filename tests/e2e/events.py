"""A server of event streams for the watched programs, which says what the tests have it say."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send what is told for the path, each time in a chunk of its own."""
        assert isinstance(self.server, _Server)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for text in iter(self.server.told[self.path].get, ""):
            data = text.encode()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: defaultdict[str, queue.Queue[str]] = defaultdict(queue.Queue)


class Events:
    """A running server on a port of its own.

    Attributes:
        url: Where it is, without a slash at the end.
    """

    def __init__(self) -> None:
        self._server = _Server()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def tell(self, path: str, text: str) -> None:
        """Send *text* to who reads the stream at *path*; an empty one ends it."""
        self._server.told[path].put(text)

    def close(self) -> None:
        """Stop serving, and free the port."""
        self._server.shutdown()
        self._server.server_close()
