"""A small server: prints its address, then serves until it is killed."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAIRS = {"/login": "/welcome", "/welcome": "/home"}


class Handler(BaseHTTPRequestHandler):
    """Redirects with a cookie, echoes paths, and gives bodies of any size."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer by the path."""
        if self.path in PAIRS:
            self._send(302, b"", [("Location", PAIRS[self.path]), ("Set-Cookie", "who=ada")])
        elif self.path.startswith("/bytes/"):
            self._send(200, b"x" * int(self.path.rpartition("/")[2]), [])
        else:
            body = json.dumps({"path": self.path, "cookie": self.headers.get("Cookie")})
            self._send(200, body.encode(), [("Content-Type", "application/json")])

    def _send(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket.listen(256)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
