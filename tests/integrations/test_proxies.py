"""Requests that go through a proxy, in the open and through a tunnel."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.request
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from tests.integrations import server as served
from tests.integrations.recording import Recording
from tests.integrations.server import Server

Fetch: TypeAlias = Callable[[str, str, ssl.SSLContext], bytes]


def _by_http_client(url: str, proxy: str, trust: ssl.SSLContext) -> bytes:
    target, through = urlsplit(url), urlsplit(proxy).netloc
    connection = http.client.HTTPConnection(through)
    path = url
    if target.scheme == "https":
        connection = http.client.HTTPSConnection(through, context=trust)
        connection.set_tunnel(target.netloc)
        path = target.path
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def _by_urllib_request(url: str, proxy: str, trust: ssl.SSLContext) -> bytes:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
        urllib.request.HTTPSHandler(context=trust),
    )
    with opener.open(url) as response:
        return bytes(response.read())


def _by_urllib3(url: str, proxy: str, trust: ssl.SSLContext) -> bytes:
    with urllib3.ProxyManager(proxy, ssl_context=trust) as pool:
        return pool.request("GET", url).data


def _by_requests(url: str, proxy: str, trust: ssl.SSLContext) -> bytes:
    adapter = HTTPAdapter()
    adapter.proxy_manager_for(proxy, ssl_context=trust)
    with requests.Session() as session:
        session.mount("https://", adapter)
        return session.get(url, proxies={"http": proxy, "https": proxy}).content


def _by_httpx(url: str, proxy: str, trust: ssl.SSLContext) -> bytes:
    with httpx.Client(proxy=proxy, verify=trust) as client:
        return client.get(url).content


def _by_async_httpx(url: str, proxy: str, trust: ssl.SSLContext) -> bytes:
    async def fetch() -> bytes:
        async with httpx.AsyncClient(proxy=proxy, verify=trust) as client:
            return (await client.get(url)).content

    return asyncio.run(fetch())


every_client = pytest.mark.parametrize(
    "fetch",
    [
        _by_http_client,
        _by_urllib_request,
        _by_urllib3,
        _by_requests,
        _by_httpx,
        _by_async_httpx,
    ],
)


@every_client
def test_a_request_through_a_proxy_has_the_url_of_its_target(
    fetch: Fetch, server: Server, trusting: ssl.SSLContext, recorded: Recording
) -> None:
    url = "http://localhost/plain"
    assert fetch(url, server.url(""), trusting) == served.PLAIN
    exchange = recorded.only()
    assert exchange.started.url == url
    assert exchange.answer.connection is not None
    assert exchange.answer.connection.remote_port == server.port


@every_client
def test_a_request_through_a_tunnel_is_one_exchange(
    fetch: Fetch,
    server: Server,
    tls_server: Server,
    trusting: ssl.SSLContext,
    recorded: Recording,
) -> None:
    url = tls_server.url("/plain")
    assert fetch(url, server.url(""), trusting) == served.PLAIN
    exchange = recorded.only()
    assert exchange.started.url == url
    assert exchange.received == served.PLAIN
    carrier = exchange.answer.connection
    assert carrier is not None
    assert carrier.remote_port == server.port
    assert carrier.tls is not None
    assert carrier.connect_end is not None
    assert carrier.tls_end is not None
    assert exchange.answer.send_start is not None
    assert carrier.connect_end <= carrier.tls_end <= exchange.answer.send_start


@every_client
def test_a_tunnel_that_is_refused_is_an_exchange_that_failed(
    fetch: Fetch, refusing_port: int, trusting: ssl.SSLContext, recorded: Recording
) -> None:
    proxy = f"http://127.0.0.1:{refusing_port}"
    with pytest.raises(Exception):  # noqa: B017, PT011  # each client has its own
        fetch("https://localhost/plain", proxy, trusting)
    assert recorded
    assert recorded[-1].started.url == "https://localhost/plain"
    assert recorded[-1].events == ["start", "error"]
