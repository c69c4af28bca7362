"""hishel: the responses that it has, and that httpx is not asked for.

Its adapter for requests reports what it does in headers alone, and is not hooked.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from ..channels.exchange import ClientExchange, Operation
from ..channels.http import client
from ..channels.urls import without_credentials
from . import httpx
from ._cached_pieces import AsyncPieces, Pieces
from ._patch import Undo, hide_us, patch, report, undo_all

# The names of version 1 and of version 2.
_SYNC = ("CacheTransport", "SyncCacheTransport")
_ASYNC = ("AsyncCacheTransport",)


def install() -> Undo:
    """Hook hishel and what it stands on."""
    return undo_all([httpx.install(), hook()])


def hook(library: str = "hishel.httpx") -> Undo:
    """Hook the hishel that is importable as *library*, alone."""
    module = import_module(library)
    known = vars(module)
    return undo_all(
        [
            *(patch(known[n], "handle_request", _wrap) for n in _SYNC if n in known),
            *(patch(known[n], "handle_async_request", _wrap_async) for n in _ASYNC if n in known),
        ]
    )


def _wrap(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        try:
            if not client.start.has_subscribers:
                return original(self, request)
            with Operation() as operation:
                before = operation.newest
                response = original(self, request)
                if operation.newest == before:
                    _publish(request, response, Pieces)
        except BaseException as error:
            hide_us(error)
            raise
        return response

    return handle_request


def _wrap_async(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        try:
            if not client.start.has_subscribers:
                return await original(self, request)
            with Operation() as operation:
                before = operation.newest
                response = await original(self, request)
                if operation.newest == before:
                    _publish(request, response, AsyncPieces)
        except BaseException as error:
            hide_us(error)
            raise
        return response

    return handle_async_request


def _publish(request: Any, response: Any, watched: type[Pieces | AsyncPieces]) -> None:
    """Publish *response* if it comes from the cache, and its body as it is read."""
    try:
        stream = response.stream
        if not _is_cached(response.extensions) or not hasattr(stream, "iterator"):
            return
        url = without_credentials(str(request.url))
        exchange = ClientExchange.start(request.method, url, request.headers.raw)
        head = (response.status_code, "", "http/1.1", response.headers.raw)
        exchange.responded(*head, None, None, None, from_cache=True)
        stream.iterator = watched(stream.iterator, exchange)
    except Exception:
        report("hishel")


def _is_cached(extensions: Any) -> bool:
    """Whether hishel says so, in the words of version 2 or of version 1."""
    status: dict[str, Any] = extensions.get("caching") or {}
    return bool(status.get("from_cache") or extensions.get("hishel_from_cache"))
