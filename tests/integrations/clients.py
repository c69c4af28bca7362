"""The same request by every client that is tapped, as its users write it."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import attrs
import httpcore
import httpx
import requests
import trio
import urllib3
from requests.adapters import HTTPAdapter


@attrs.frozen
class Answer:
    """What the program got."""

    status: int
    body: bytes


@attrs.frozen
class Ask:
    """What the program asked for.

    Attributes:
        pieces: A body that is made while it is sent; so it is chunked.
    """

    url: str
    method: str = "GET"
    body: bytes | None = None
    pieces: tuple[bytes, ...] = ()
    trust: ssl.SSLContext | None = None

    def content(self) -> bytes | Iterator[bytes] | None:
        return iter(self.pieces) if self.pieces else self.body

    def async_content(self) -> bytes | AsyncIterator[bytes] | None:
        return _trickle(self.pieces) if self.pieces else self.body


async def _trickle(pieces: tuple[bytes, ...]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


Client: TypeAlias = Callable[[Ask], Answer]


def by_http_client(ask: Ask) -> Answer:
    target = urlsplit(ask.url)
    connection = (
        http.client.HTTPSConnection(target.netloc, context=ask.trust)
        if target.scheme == "https"
        else http.client.HTTPConnection(target.netloc)
    )
    try:
        path = f"{target.path}?{target.query}" if target.query else target.path
        connection.request(ask.method, path, ask.content())
        with connection.getresponse() as response:
            return Answer(response.status, response.read())
    finally:
        connection.close()


def by_urllib_request(ask: Ask) -> Answer:
    request = urllib.request.Request(ask.url, ask.content(), method=ask.method)
    try:
        with urllib.request.urlopen(request, context=ask.trust) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read())


def by_urllib3(ask: Ask) -> Answer:
    retries = urllib3.Retry(total=None, connect=0, read=0, other=0, redirect=5)
    with urllib3.PoolManager(ssl_context=ask.trust, retries=retries) as pool:
        response = pool.request(ask.method, ask.url, body=ask.content(), decode_content=False)
        return Answer(response.status, response.data)


class _Trusting(HTTPAdapter):
    def __init__(self, trust: ssl.SSLContext) -> None:
        self._trust = trust
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trust)


def by_requests(ask: Ask) -> Answer:
    with requests.Session() as session:
        if ask.trust is not None:
            session.mount("https://", _Trusting(ask.trust))
        response = session.request(ask.method, ask.url, data=ask.content())
        return Answer(response.status_code, response.content)


def by_httpcore(ask: Ask) -> Answer:
    with httpcore.ConnectionPool(ssl_context=ask.trust) as pool:
        response = pool.request(ask.method, ask.url, content=ask.content(), headers=_framing(ask))
        return Answer(response.status, response.content)


def _framing(ask: Ask) -> dict[str | bytes, str | bytes]:
    headers: dict[str | bytes, str | bytes] = {"Host": urlsplit(ask.url).netloc}
    if ask.pieces:
        headers["Transfer-Encoding"] = "chunked"
    elif ask.body is not None:
        headers["Content-Length"] = str(len(ask.body))
    return headers


def by_httpx(ask: Ask) -> Answer:
    with httpx.Client(verify=ask.trust or True, follow_redirects=True, timeout=60) as client:
        response = client.request(ask.method, ask.url, content=ask.content())
        return Answer(response.status_code, response.content)


async def _by_async_httpx(ask: Ask) -> Answer:
    async with httpx.AsyncClient(
        verify=ask.trust or True, follow_redirects=True, timeout=60
    ) as client:
        response = await client.request(ask.method, ask.url, content=ask.async_content())
        return Answer(response.status_code, response.content)


def by_httpx_on_asyncio(ask: Ask) -> Answer:
    return asyncio.run(_by_async_httpx(ask))


def by_httpx_on_trio(ask: Ask) -> Answer:
    return trio.run(_by_async_httpx, ask)


ALL: tuple[Client, ...] = (
    by_http_client,
    by_urllib_request,
    by_urllib3,
    by_requests,
    by_httpcore,
    by_httpx,
    by_httpx_on_asyncio,
    by_httpx_on_trio,
)

FOLLOWING: tuple[Client, ...] = tuple(
    client for client in ALL if client not in {by_http_client, by_httpcore}
)
"""Those that follow redirects."""

DECODING: frozenset[Client] = frozenset(
    {by_requests, by_httpx, by_httpx_on_asyncio, by_httpx_on_trio}
)
"""Those that undo gzip."""

ON_HTTP_CLIENT: frozenset[Client] = frozenset(
    {by_http_client, by_urllib_request, by_urllib3, by_requests}
)
"""Those that see transfer coding."""
