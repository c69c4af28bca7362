"""The clients of the demonstration: one of the standard library, and two if they are installed."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from importlib.util import find_spec
from typing import Protocol, cast
from urllib.error import HTTPError

from .exchanges import Exchange

_PIECE = 64 * 1024
_PATIENCE = 30.0


class Client(Protocol):
    """Makes requests; what fails is no reason to stop."""

    def make(self, exchange: Exchange) -> None:
        """Send the request, and read its answer to the end, if there is one."""
        ...


def clients() -> Iterator[Client]:
    """Give a client of each library that is installed."""
    yield UrllibClient()
    if find_spec("requests"):
        yield RequestsClient()
    if find_spec("httpx"):
        yield HttpxClient()


class UrllibClient:
    """``urllib.request``: a new connection for each request."""

    def __init__(self) -> None:
        # No proxy of the environment reaches this machine's own addresses.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def make(self, exchange: Exchange) -> None:
        """Send the request, and read its answer to the end, if there is one."""
        data = urllib.parse.urlencode(exchange.form).encode() if exchange.form else None
        request = urllib.request.Request(  # noqa: S310  # the demonstration's own server
            exchange.url, data, dict(exchange.headers)
        )
        with suppress(OSError), self._open(request) as response:
            # As it comes, and not when a whole piece is there.
            while response.read1(_PIECE):
                pass

    def _open(self, request: urllib.request.Request) -> HTTPResponse | HTTPError:
        try:
            return cast("HTTPResponse", self._opener.open(request, timeout=_PATIENCE))
        except HTTPError as error:
            return error  # an answer like any other


class RequestsClient:
    """``requests``: a session, which keeps its connection."""

    def __init__(self) -> None:
        import requests

        self._session = requests.Session()
        self._session.trust_env = False

    def make(self, exchange: Exchange) -> None:
        """Send the request, and read its answer to the end, if there is one."""
        with (
            suppress(OSError),
            self._session.request(
                exchange.method,
                exchange.url,
                data=list(exchange.form),
                headers=dict(exchange.headers),
                stream=True,
                timeout=_PATIENCE,
            ) as response,
        ):
            for _ in response.iter_content(_PIECE):
                pass


class HttpxClient:
    """``httpx``: a client, which keeps its connection."""

    def __init__(self) -> None:
        import httpx

        self._client = httpx.Client(trust_env=False, follow_redirects=True, timeout=_PATIENCE)
        self._errors = httpx.HTTPError

    def make(self, exchange: Exchange) -> None:
        """Send the request, and read its answer to the end, if there is one."""
        with (
            suppress(self._errors),
            self._client.stream(
                exchange.method, exchange.url, data=dict(exchange.form), headers=exchange.headers
            ) as response,
        ):
            for _ in response.iter_bytes():
                pass
