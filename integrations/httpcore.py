"""httpcore: requests and responses, for httpx and for itself.

The times come from its ``trace`` extension, which the program may use too, and
the bodies from the streams it takes and gives.  Sync and async, HTTP/1 and
HTTP/2, with and without proxies.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib import import_module
from typing import Any, cast

from ..channels.exchange import ClientExchange
from ..channels.http import client
from ._httpcore_trace import Trace, connection_of_stream
from ._patch import Undo, patch, report, undo_all
from ._streams import AsyncRequestStream, AsyncResponseStream, RequestStream, ResponseStream

_PROTOCOLS = {b"HTTP/2": "h2", b"HTTP/1.0": "http/1.0"}
_DEFAULT_PORTS = {b"http": 80, b"https": 443, b"ws": 80, b"wss": 443}


def install(library: str = "httpcore") -> Undo:
    """Hook the httpcore that is importable as *library*."""
    httpcore = import_module(library)
    return undo_all(
        [
            patch(httpcore.ConnectionPool, "handle_request", _wrap_sync),
            patch(httpcore.HTTPConnection, "handle_request", _wrap_bare),
            patch(httpcore.AsyncConnectionPool, "handle_async_request", _wrap_async),
            patch(httpcore.AsyncHTTPConnection, "handle_async_request", _wrap_bare_async),
        ]
    )


class _Handling:
    """A request on its way through httpcore.

    Attributes:
        request: What httpcore gets in place of the program's request.
    """

    __slots__ = ("_is_async", "_trace", "exchange", "request")

    def __init__(self, request: Any, exchange: ClientExchange, *, is_async: bool) -> None:
        self.exchange = exchange
        self._is_async = is_async
        self._trace = Trace(request, is_async=is_async)
        # A copy, because the program may use its request and extensions again.
        self.request: Any = _copy(request)
        self.request.extensions = self._trace.extensions
        stream = AsyncRequestStream if is_async else RequestStream
        self.request.stream = stream(request.stream, exchange)

    def answered(self, response: Any) -> None:
        """Publish the head of *response*, and have its body published as it is read."""
        extensions = response.extensions
        connection = connection_of_stream(extensions.get("network_stream"))
        connection.used += 1
        self.exchange.responded(
            response.status,
            extensions.get("reason_phrase", b"").decode("latin-1"),
            _PROTOCOLS.get(extensions.get("http_version"), "http/1.1"),
            list(response.headers),
            connection,
            self._trace.send_start,
            self.request.stream.send_end or self._trace.head_end,
        )
        if response.status == HTTPStatus.SWITCHING_PROTOCOLS:
            self.exchange.finish()
            return
        stream = AsyncResponseStream if self._is_async else ResponseStream
        response.stream = stream(response, self.request.method, self.exchange)


def _copy(request: Any) -> Any:
    copy: Any = object.__new__(cast("type[object]", type(request)))
    copy.__dict__.update(request.__dict__)
    return copy


def _wrap_sync(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        if not client.start.has_subscribers:
            return original(self, request)
        handling = _start(request, is_async=False)
        if handling is None:
            return original(self, request)
        try:
            response = original(self, handling.request)
        except BaseException as error:
            handling.exchange.fail(error)
            raise
        _publish_response(handling, response)
        return response

    return handle_request


def _wrap_async(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        if not client.start.has_subscribers:
            return await original(self, request)
        handling = _start(request, is_async=True)
        if handling is None:
            return await original(self, request)
        try:
            response = await original(self, handling.request)
        except BaseException as error:
            handling.exchange.fail(error)
            raise
        _publish_response(handling, response)
        return response

    return handle_async_request


def _wrap_bare(original: Callable[..., Any]) -> Callable[..., Any]:
    """Watch a connection that the program uses without a pool."""
    watching = _wrap_sync(original)

    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        if type(request.extensions.get("trace")) is Trace:
            return original(self, request)
        return watching(self, request)

    return handle_request


def _wrap_bare_async(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    watching = _wrap_async(original)

    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        if type(request.extensions.get("trace")) is Trace:
            return await original(self, request)
        return await watching(self, request)

    return handle_async_request


def _start(request: Any, *, is_async: bool) -> _Handling | None:
    """Publish the start of *request*."""
    try:
        method = request.method.decode("latin-1")
        exchange = ClientExchange.start(method, _url(request.url), list(request.headers), skip=2)
        return _Handling(request, exchange, is_async=is_async)
    except Exception:
        report("httpcore")
        return None


def _publish_response(handling: _Handling, response: Any) -> None:
    try:
        handling.answered(response)
    except Exception:
        report("httpcore")


def _url(url: Any) -> str:
    host = b"[%b]" % url.host if b":" in url.host else url.host
    if url.port is not None and url.port != _DEFAULT_PORTS.get(url.scheme):
        host = b"%b:%d" % (host, url.port)
    whole: bytes = b"%b://%b%b" % (url.scheme, host, url.target)
    return whole.decode("latin-1")
