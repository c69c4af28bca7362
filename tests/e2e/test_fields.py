"""What rows show of cookies, caches, protocols and failures."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.origin import closed_port
from tests.e2e.panel import Panel
from tests.integrations.asgi_servers import by_hypercorn_on_asyncio
from tests.integrations.failing import failing


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        if self.path == "/hinted":
            self.send_response_only(103)
            self.send_header("Link", "</style.css>; rel=preload")
            self.end_headers()
        self.send_response(200)
        self.send_header("Set-Cookie", "session=xyz; Path=/; HttpOnly; Max-Age=3600")
        self.send_header("Set-Cookie", "seen=yes; Secure; SameSite=Lax")
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", "2000")
        self.end_headers()
        self.wfile.write(b"x" * 2000)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


class _Six(ThreadingHTTPServer):
    address_family = socket.AF_INET6


def _serve(stack: ExitStack, server: ThreadingHTTPServer) -> int:
    thread = threading.Thread(target=stack.enter_context(server).serve_forever, args=(0.01,))
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)
    return server.server_port


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"over http/2"})


@pytest.fixture(scope="module")
def panel(
    watch: Watch, open_panel: OpenPanel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Panel]:
    authority = trustme.CA()
    folder = tmp_path_factory.mktemp("authority")
    trusted, own = folder / "ca.pem", folder / "own.pem"
    authority.cert_pem.write_to_path(str(trusted))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(own))
    with ExitStack() as stack:
        plain = _serve(stack, ThreadingHTTPServer(("127.0.0.1", 0), _Handler))
        six = _serve(stack, _Six(("::1", 0), _Handler))
        watched = watch(
            "fills_fields.py",
            f"http://localhost:{plain}",
            f"http://[::1]:{six}",
            stack.enter_context(by_hypercorn_on_asyncio(_app, Path(own))),
            stack.enter_context(failing()),
            f"http://127.0.0.1:{closed_port()}",
            environment={"SSL_CERT_FILE": str(trusted)},
        )
        watched.wait_until_done()
        panel = open_panel(watched)
        panel.finished_rows(13)
        yield panel


def test_cookies_of_both_directions_are_shown(panel: Panel) -> None:
    panel.select("cookies")
    shown = panel.tab("Cookies", "abc", "dark", "Response cookies", "xyz", "yes").split("\n")
    asked, answered = shown[: shown.index("Response cookies")], shown
    assert {"session", "abc", "theme", "dark"} <= set(asked)
    assert {"session", "xyz", "seen", "yes"} <= set(answered)


def test_what_a_cache_gave_was_not_transferred(panel: Panel) -> None:
    panel.close_details()
    rows = [row for row in panel.rows() if row.name.startswith("kept")]
    assert [row.size for row in rows] == ["2.3 kB", "(disk cache)"]
    assert rows[1].size_detail == "2.0 kB"


def test_protocols_and_addresses_are_shown(panel: Panel) -> None:
    panel.close_details()
    assert panel.row("http2").protocol == "h2"
    assert panel.row("six").remote_address.startswith("[::1]:")


def test_early_hints_are_shown(panel: Panel) -> None:
    panel.select("hinted")
    panel.tab("Headers", "Early hints headers\nlink\n</style.css>; rel=preload\n")


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("reset", "(failed)", "Connection reset (httpcore.ReadError"),
        ("incomplete", "(failed)", "Response incomplete (httpcore.RemoteProtocolError: peer"),
        ("silent", "(failed)", "Closed without a response (httpcore.RemoteProtocolError: Server"),
        ("garbage", "(failed)", "Invalid response (httpcore.RemoteProtocolError: illegal"),
        ("refused", "(failed)", "Connection refused (urllib3.exceptions.NewConnectionError"),
        ("unknown", "(failed)", "Name not resolved (urllib3.exceptions.NameResolutionError"),
        ("stuck", "(canceled)", ""),
    ],
)
def test_why_a_request_failed_is_said_first(
    panel: Panel, name: str, status: str, reason: str
) -> None:
    panel.close_details()
    row = panel.row(name)
    assert row.status == status
    assert row.status_detail.startswith(reason)


def test_the_front_end_met_no_error(panel: Panel) -> None:
    assert panel.page.complaints() == []
