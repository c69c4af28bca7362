"""Discovery answers what chrome://inspect and editors ask, and only them."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import orjson
import pytest

from tapscope.agents.host.inspector.discovery import Answer, Request, Site, Upgrade
from tests.agents.inspector.fakes import ID, FakeHost, site

HANDSHAKE = {
    "connection": "keep-alive, Upgrade",
    "upgrade": "WebSocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "aaa==",
}


@pytest.fixture
def here() -> Site:
    return site(FakeHost())


def ask(here: Site, target: str, method: str = "GET", **headers: str) -> Answer:
    answer = here.respond(Request(method, target, {"host": "127.0.0.1:9229", **headers}))
    assert isinstance(answer, Answer)
    return answer


def entry(here: Site, **headers: str) -> dict[str, Any]:
    targets: list[dict[str, Any]] = orjson.loads(ask(here, "/json/list", **headers).body)
    assert len(targets) == 1
    return targets[0]


def test_the_list_has_every_field_that_a_front_end_reads(here: Site) -> None:
    target = entry(here)
    assert target.pop("faviconUrl").startswith("data:image/")
    assert target.pop("description")
    pages = "devtools://devtools/bundled"
    assert target == {
        "devtoolsFrontendUrl": f"{pages}/worker_app.html?ws=127.0.0.1:9229/{ID}&panel=network",
        "devtoolsFrontendUrlCompat": f"{pages}/js_app.html?ws=127.0.0.1:9229/{ID}&panel=network",
        "id": ID,
        "title": 'the "shop"',
        "type": "node",
        "url": "file:///srv/shop.py",
        "webSocketDebuggerUrl": f"ws://127.0.0.1:9229/{ID}",
    }


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:9229", "127.0.0.1:9229"),
        ("localhost:9229", "127.0.0.1:9229"),
        ("LOCALHOST:9333", "127.0.0.1:9333"),
        ("111.111.111.111:11111", "111.111.111.111:11111"),
        ("[::1]:9229", "[::1]:9229"),
        ("localhost", "127.0.0.1:9229"),
        ("10.0.0.7", "10.0.0.7:9229"),
        ("", "127.0.0.1:9229"),
    ],
)
def test_addresses_are_those_that_the_client_can_reach(here: Site, host: str, address: str) -> None:
    assert entry(here, host=host)["webSocketDebuggerUrl"] == f"ws://{address}/{ID}"


def test_a_client_without_a_host_header_is_no_browser_and_is_answered(here: Site) -> None:
    assert isinstance(here.respond(Request("GET", "/json", {})), Answer)


@pytest.mark.parametrize(
    "target", ["/json", "/json/", "/json/list", "/JSON/List", "/json/list?t=1"]
)
def test_the_list_has_several_names(here: Site, target: str) -> None:
    assert ask(here, target).body == ask(here, "/json/list").body


def test_the_version_is_one_name_and_one_number(here: Site) -> None:
    version = orjson.loads(ask(here, "/json/version").body)
    assert re.fullmatch(r"tapscope/[^/]+ \(Python 3\.[0-9.]+\S*\)", version["Browser"])
    assert version["Protocol-Version"] == "1.3"


def test_the_protocol_is_the_hosts(here: Site) -> None:
    answer = ask(here, "/json/protocol")
    assert answer.body == b'{"domains":[]}'
    assert answer.content_type == "application/json; charset=UTF-8"


@pytest.mark.parametrize(
    "target", ["/", "/json/new", "/json/activate/x", "/favicon.ico", "*", "/é"]
)
def test_an_unknown_path_is_said_to_be_unknown(here: Site, target: str) -> None:
    answer = ask(here, target)
    assert answer.status is HTTPStatus.NOT_FOUND
    assert b"/json/list" in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("target", ["/json/list", f"/{ID}"])
def test_only_reading_is_supported(here: Site, method: str, target: str) -> None:
    answer = ask(here, target, method)
    assert answer.status is HTTPStatus.METHOD_NOT_ALLOWED
    assert ("Allow", "GET, HEAD") in answer.headers


@pytest.mark.parametrize("target", ["/json/list", "/json/version", f"/{ID}", "/nothing"])
def test_a_rebound_name_learns_nothing(here: Site, target: str) -> None:
    answer = ask(here, target, host="evil.example:9229", **HANDSHAKE)
    assert answer.status is HTTPStatus.BAD_REQUEST
    assert b"evil.example" in answer.body


@pytest.mark.parametrize("target", ["/json/list", "/json/version", f"/{ID}", "/nothing"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8000"])
def test_a_web_page_learns_nothing(here: Site, target: str, origin: str) -> None:
    answer = ask(here, target, origin=origin, **HANDSHAKE)
    assert answer.status is HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    [None, "devtools://devtools", "http://127.0.0.1:9229", "https://viewer.example"],
)
def test_whoever_knows_the_id_gets_the_websocket(origin: str | None) -> None:
    here = site(FakeHost(), 9229, "https://viewer.example")
    headers = {"host": "127.0.0.1:9229", **HANDSHAKE}
    if origin is not None:
        headers["origin"] = origin
    assert here.respond(Request("GET", f"/{ID}?x=1", headers)) == Upgrade("aaa==")
    onlooker = Upgrade("aaa==", onlooker=True)
    assert here.respond(Request("GET", f"/{ID}?onlooker", headers)) == onlooker


@pytest.mark.parametrize("target", ["/", "/5ca1ab1f", f"/{ID}0", f"/{ID.upper()}", f"//{ID}", "/é"])
def test_whoever_does_not_know_the_id_gets_no_websocket(here: Site, target: str) -> None:
    assert ask(here, target, **HANDSHAKE).status is HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("missing", "status"),
    [
        ("connection", HTTPStatus.UPGRADE_REQUIRED),
        ("upgrade", HTTPStatus.UPGRADE_REQUIRED),
        ("sec-websocket-version", HTTPStatus.UPGRADE_REQUIRED),
        ("sec-websocket-key", HTTPStatus.BAD_REQUEST),
    ],
)
def test_half_a_handshake_is_refused(here: Site, missing: str, status: HTTPStatus) -> None:
    headers = {name: value for name, value in HANDSHAKE.items() if name != missing}
    assert ask(here, f"/{ID}", **headers).status is status


def test_another_websocket_version_is_told_the_known_one(here: Site) -> None:
    answer = ask(here, f"/{ID}", **{**HANDSHAKE, "sec-websocket-version": "8"})
    assert ("Sec-WebSocket-Version", "13") in answer.headers


def test_another_protocol_to_upgrade_to_is_ignored(here: Site) -> None:
    answer = ask(here, "/json/list", connection="Upgrade", upgrade="h2c")
    assert answer.status is HTTPStatus.OK
