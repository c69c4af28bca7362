"""What a front end is told of a program that hides something, over real requests."""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tapscope import integrations
from tapscope.agents import Session, inspector, network
from tapscope.agents.program import program
from tapscope.agents.redaction import CREDENTIALS, Rules
from tapscope.channels.exchange import ClientExchange
from tests.agents.hosts import serving

SECRET = "sesame-4711-open"
_LOGIN = json.dumps({"user": "me", "password": SECRET}).encode()


class _Shop(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = gzip.compress(json.dumps({"access_token": SECRET, "id": 7}).encode())
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", f"session={SECRET}; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    integrations.install()
    yield
    integrations.uninstall()


def log_in(shop: str) -> bytes:
    """Do what programs do with a secret; give what the program itself has got."""
    headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{shop}?token={SECRET}", _LOGIN, headers)
    with urllib.request.urlopen(request) as response:
        got: bytes = response.read()
    logging.getLogger("shop").warning("logged in at %s?token=%s", shop, SECRET)
    database = sqlite3.connect(":memory:")
    database.execute("SELECT :password AS password", {"password": SECRET}).fetchall()
    database.close()
    return got


def test_no_event_and_no_answer_has_it(shop: str, caplog: pytest.LogCaptureFixture) -> None:
    """The program has it, and all else of the exchange is shown."""
    with Session(redact=CREDENTIALS) as session:
        for domain in ("Network", "Runtime", "Log", "Database"):
            session.post(f"{domain}.enable")
        got = log_in(shop)
        [sent] = [
            each.params
            for each in session.events
            if each.method == "Network.requestWillBeSent"
            and each.params["request"]["method"] == "POST"
        ]
        number = {"requestId": sent["requestId"]}
        posted = session.post("Network.getRequestPostData", number)["postData"]
        body = session.post("Network.getResponseBody", number)["body"]
        told = json.dumps([[each.method, each.params] for each in session.events], default=str)
    assert json.loads(gzip.decompress(got)) == {"access_token": SECRET, "id": 7}
    assert json.loads(posted) == {"user": "me", "password": "[redacted]"}
    assert json.loads(body) == {"access_token": "[redacted]", "id": 7}
    assert sent["request"]["url"] == f"{shop}?token=[redacted]"
    assert "session=[redacted]; Path=/" in told
    assert "logged in at" in told
    assert SECRET not in told
    assert [each for each in caplog.records if each.name.startswith("tapscope")] == []


def test_nothing_is_reported_as_lost(shop: str) -> None:
    """A body that became shorter was not dropped."""
    with Session(redact=Rules(json={"$.access_token", "password"})) as session:
        session.post("Network.enable")
        session.post("Runtime.enable")
        log_in(shop)
        told = json.dumps([each.params for each in session.events], default=str)
    assert "not kept" not in told


def test_without_rules_everything_is_shown(shop: str) -> None:
    with Session() as session:
        session.post("Network.enable")
        log_in(shop)
        told = json.dumps([each.params for each in session.events], default=str)
    assert SECRET in told


def test_rules_hold_for_every_host_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were there before the host, and those that came after."""
    monkeypatch.setattr(program, "_rules", None)  # nothing else takes rules back
    with serving() as host:
        network.attach(redact=Rules(query={"one"}))
        try:
            inspector.join(host.address)
            network.redact(Rules(query={"two"}))
            running = ClientExchange.start("GET", "http://shop/?one=1&two=2&three=3", [])
            running.finish()
        finally:
            inspector.close()
            network.detach()
        assert host.urls() == ["http://shop/?one=[redacted]&two=[redacted]&three=3"]
