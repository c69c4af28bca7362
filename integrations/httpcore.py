"""httpcore: requests and responses, for httpx and for itself.

The times come from its ``trace`` extension, which the program may use too, and
the bodies from the streams it takes and gives.  Sync and async, HTTP/1 and
HTTP/2, with and without proxies.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from ..channels.exchange import ClientExchange
from ..channels.http import client
from . import _early_hints, sockets
from ._httpcore_trace import Trace, connection_of_stream
from ._patch import Undo, hide_us, patch, report, undo_all
from ._streams import AsyncResponseStream, ResponseStream

_PROTOCOLS = {b"HTTP/2": "h2", b"HTTP/1.0": "http/1.0"}
_DEFAULT_PORTS = {b"http": 80, b"https": 443, b"ws": 80, b"wss": 443}
_SWITCHING_PROTOCOLS = 101


def install() -> Undo:
    """Hook httpcore and what it stands on."""
    return undo_all([sockets.install(), hook()])


def hook(library: str = "httpcore") -> Undo:
    """Hook the httpcore that is importable as *library*, alone."""
    httpcore = import_module(library)
    return undo_all(
        [
            patch(httpcore.ConnectionPool, "handle_request", _wrap_sync),
            patch(httpcore.HTTPConnection, "handle_request", _wrap_sync),
            patch(httpcore.AsyncConnectionPool, "handle_async_request", _wrap_async),
            patch(httpcore.AsyncHTTPConnection, "handle_async_request", _wrap_async),
            _early_hints.hook(),
        ]
    )


def _wrap_sync(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        trace = None
        try:
            # What comes from a pool is reported there; a connection may be used without one.
            if client.start.has_subscribers and type(request.extensions.get("trace")) is not Trace:
                trace = _start(request, is_async=False)
            response = original(self, trace.request if trace else request)
        except BaseException as error:
            if trace is not None:
                trace.exchange.fail(error)
            hide_us(error)
            raise
        if trace is not None:
            _publish_response(trace, response)
        return response

    return handle_request


def _wrap_async(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        trace = None
        try:
            # What comes from a pool is reported there; a connection may be used without one.
            if client.start.has_subscribers and type(request.extensions.get("trace")) is not Trace:
                trace = _start(request, is_async=True)
            response = await original(self, trace.request if trace else request)
        except BaseException as error:
            if trace is not None:
                trace.exchange.fail(error)
            hide_us(error)
            raise
        if trace is not None:
            _publish_response(trace, response)
        return response

    return handle_async_request


def _start(request: Any, *, is_async: bool) -> Trace | None:
    """Publish the start of *request*."""
    try:
        method = request.method.decode("latin-1")
        exchange = ClientExchange.start(method, _url(request.url), list(request.headers))
        return Trace(request, exchange, is_async=is_async)
    except Exception:
        report("httpcore")
        return None


def _publish_response(trace: Trace, response: Any) -> None:
    """Publish the head of *response*, and have its body published as it is read."""
    exchange, request = trace.exchange, trace.request
    try:
        extensions = response.extensions
        connection = connection_of_stream(extensions.get("network_stream"))
        connection.used += 1
        exchange.responded(
            response.status,
            extensions.get("reason_phrase", b"").decode("latin-1"),
            _PROTOCOLS.get(extensions.get("http_version"), "http/1.1"),
            list(response.headers),
            connection,
            trace.send_start,
            request.stream.send_end or trace.head_end,
        )
        if response.status == _SWITCHING_PROTOCOLS:
            exchange.finish()
        else:
            stream = AsyncResponseStream if trace.is_async else ResponseStream
            response.stream = stream(response, request.method, exchange)
    except Exception:
        report("httpcore")


def _url(url: Any) -> str:
    target: str = url.target.decode("latin-1")
    return _origin(url.scheme, url.host, url.port) + target


# A pool asks for the same again and again.
@functools.lru_cache(maxsize=64)
def _origin(scheme: bytes, host: bytes, port: int | None) -> str:
    if b":" in host:
        host = b"[%b]" % host
    if port is not None and port != _DEFAULT_PORTS.get(scheme):
        host = b"%b:%d" % (host, port)
    return (b"%b://%b" % (scheme, host)).decode("latin-1")
