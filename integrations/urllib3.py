"""urllib3: which requests belong to one call; http.client below sends them.

Version 1 and version 2.  What http.client can't see is a request whose
connection could not be opened, because urllib3 opens it first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from ..channels.exchange import ClientExchange, current_operation
from ._operation import operation
from ._patch import Undo, patch, report, undo_all

_DEFAULT_PORTS = {"http": 80, "https": 443}


def install(library: str = "urllib3") -> Undo:
    """Hook the urllib3 that is importable as *library*."""
    manager = import_module(f"{library}.poolmanager").PoolManager
    pool = import_module(f"{library}.connectionpool").HTTPConnectionPool
    return undo_all(
        [
            patch(manager, "urlopen", operation),
            patch(pool, "urlopen", _wrap_urlopen),
            patch(pool, "_make_request", _wrap_make_request),
        ]
    )


def _wrap_urlopen(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def urlopen(
        self: Any,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        *args: Any,
        **kw: Any,
    ) -> Any:
        whole = current_operation()
        if whole is None:
            return original(self, method, url, body, headers, *args, **kw)
        before = whole.requests
        try:
            return original(self, method, url, body, headers, *args, **kw)
        except BaseException as error:
            if whole.requests == before:
                _publish_unsent(self, method, url, headers, error)
            raise

    return operation(urlopen)


def _wrap_make_request(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def make_request(self: Any, conn: Any, method: str, url: str, *args: Any, **kw: Any) -> Any:
        whole = current_operation()
        if whole is None:
            return original(self, conn, method, url, *args, **kw)
        before = whole.requests
        try:
            return original(self, conn, method, url, *args, **kw)
        except BaseException as error:
            if whole.requests == before:
                _publish_unsent(self, method, url, kw.get("headers"), error)
            raise

    return make_request


def _publish_unsent(pool: Any, method: str, url: str, headers: Any, error: BaseException) -> None:
    """Publish a request that failed before http.client had it: no connection, no tunnel."""
    try:
        given: Mapping[object, object] = headers or {}
        pairs = [(str(name), str(value)) for name, value in given.items()]
        ClientExchange.start(method, _absolute(pool, url), pairs, skip=2).fail(error)
    except Exception:
        report("urllib3")


def _absolute(pool: Any, url: str) -> str:
    if url.startswith(("http://", "https://")):
        return url
    port = "" if pool.port in (None, _DEFAULT_PORTS.get(pool.scheme)) else f":{pool.port}"
    return f"{pool.scheme}://{pool.host}{port}{url}"
