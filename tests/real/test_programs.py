"""Real programs, unchanged, under ``tapscope run``."""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.real.running import Running

Start = Callable[..., Running]

SESSION = """
import requests, sys

with requests.Session() as session:
    session.trust_env = False
    response = session.get(sys.argv[1] + "/login")
    assert [r.status_code for r in response.history] == [302, 302]
    print(session.get(sys.argv[1] + "/again").json()["cookie"])
"""

ASYNCIO = """
import asyncio, sys, httpx

async def main():
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(limits=limits, trust_env=False, timeout=60) as client:
        async with asyncio.TaskGroup() as group:
            for number in range(100):
                group.create_task(client.get(f"{sys.argv[1]}/{number}"))

asyncio.run(main())
"""

TRIO = """
import sys, httpx, trio

async def main():
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(limits=limits, trust_env=False, timeout=60) as client:
        async with trio.open_nursery() as nursery:
            for number in range(100):
                nursery.start_soon(client.get, f"{sys.argv[1]}/{number}")

trio.run(main)
"""


def _path(url: str) -> str:
    return urlsplit(url).path


def test_pip_download_shows_the_index_and_the_file(running: Start, tmp_path: Path) -> None:
    """pip, with its own copies of requests and urllib3, is seen asking its configured index."""
    pip = running("-m", "pip", "download", "--no-cache-dir", "--no-deps", "iniconfig")
    pip.end()
    [downloaded] = tmp_path.glob("iniconfig-*.whl")
    requests = {
        r["requestId"]: r["request"]["url"] for r in pip.events("Network.requestWillBeSent")
    }
    assert any(_path(url).rstrip("/").endswith("/iniconfig") for url in requests.values())
    [file] = [i for i, url in requests.items() if _path(url).endswith(downloaded.name)]
    body = pip.front_end.call("Network.getResponseBody", requestId=file)
    assert body["base64Encoded"]
    assert {r["requestId"] for r in pip.events("Network.loadingFinished")} == set(requests)


def test_the_httpx_command_shows_its_request(running: Start, server: str) -> None:
    """httpx's own command line is seen, body and all, and prints what it prints."""
    script = Path(sysconfig.get_path("scripts"), "httpx")
    httpx = running(str(script), f"{server}/hello")
    assert '"/hello"' in httpx.end()
    [request] = httpx.events("Network.requestWillBeSent")
    body = httpx.front_end.call("Network.getResponseBody", requestId=request["requestId"])
    assert json.loads(body["body"])["path"] == "/hello"


def test_a_session_shows_redirects_as_one_chain_and_its_cookies(
    running: Start, server: str
) -> None:
    """The hops of a redirect share one id, and the cookie is on the wire of the second."""
    session = running("-c", SESSION, server)
    assert session.end() == "who=ada\n"
    sent = session.events("Network.requestWillBeSent")
    assert [_path(r["request"]["url"]) for r in sent] == [
        "/login",
        "/welcome",
        "/home",
        "/again",
    ]
    assert len({r["requestId"] for r in sent}) == 2
    assert [r.get("redirectResponse", {}).get("status") for r in sent] == [None, 302, 302, None]
    headers = [
        r["headers"].get("Cookie") for r in session.events("Network.requestWillBeSentExtraInfo")
    ]
    assert headers == [None, "who=ada", "who=ada", "who=ada"]


@pytest.mark.parametrize("program", [ASYNCIO, TRIO], ids=["asyncio", "trio"])
def test_a_hundred_requests_at_once_are_a_hundred_rows(
    running: Start, server: str, program: str
) -> None:
    """Concurrent requests keep apart: each body is under the id of its own request."""
    client = running("-c", program, server)
    client.end()
    requests = {
        r["requestId"]: _path(r["request"]["url"])
        for r in client.events("Network.requestWillBeSent")
    }
    assert sorted(requests.values()) == sorted(f"/{number}" for number in range(100))
    for request, path in requests.items():
        body = client.front_end.call("Network.getResponseBody", requestId=request)
        assert json.loads(body["body"])["path"] == path
