"""urllib3: which requests belong to one call; http.client below sends them.

What http.client can't see is a request whose connection could not be opened,
because urllib3 opens it first if there is TLS.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import FrameType
from typing import Any

from ..channels.exchange import ClientExchange
from ..channels.http import client
from ..channels.urls import without_credentials
from . import http_client
from ._operation import operation
from ._patch import Undo, hide_us, patch, report, undo_all

_DEFAULT_PORTS = {"http": 80, "https": 443}


def install() -> Undo:
    """Hook urllib3 and what it stands on."""
    return undo_all([http_client.install(), hook()])


def hook(library: str = "urllib3") -> Undo:
    """Hook the urllib3 that is importable as *library*, alone."""
    manager = import_module(f"{library}.poolmanager").PoolManager
    pool = import_module(f"{library}.connectionpool").HTTPConnectionPool
    connection = import_module(f"{library}.connection").HTTPSConnection
    return undo_all(
        [
            patch(manager, "urlopen", operation),
            patch(pool, "request", operation),
            patch(connection, "connect", _wrap_connect),
        ]
    )


def _wrap_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(self: Any) -> Any:
        try:
            return original(self)
        except BaseException as error:
            if client.start.has_subscribers and not http_client.is_sending(self):
                _publish_unsent(error)
            hide_us(error)
            raise

    return connect


def _publish_unsent(error: BaseException) -> None:
    """Publish the request that needed a connection and could not have it because of *error*."""
    try:
        asked = _asked()
        if asked is not None:
            pairs = [(str(name), str(value)) for name, value in asked["headers"].items()]
            url = _absolute(asked["self"], asked["url"])
            ClientExchange.start(asked["method"], url, pairs).fail(error)
    except Exception:
        report("urllib3")


def _asked() -> Mapping[str, Any] | None:
    """Give what the pool's ``urlopen`` was asked for, if that is what goes on here.

    It is read from the frame, since hooking ``urlopen`` would cost every
    request, and this is about one that could not even get a connection.
    """
    frame: FrameType | None = sys._getframe()  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if frame.f_code.co_name == "urlopen" and module.endswith("urllib3.connectionpool"):
            return frame.f_locals
        frame = frame.f_back
    return None


def _absolute(pool: Any, url: str) -> str:
    if url.startswith(("http://", "https://")):
        return without_credentials(url)
    port = "" if pool.port in (None, _DEFAULT_PORTS.get(pool.scheme)) else f":{pool.port}"
    return f"{pool.scheme}://{pool.host}{port}{url}"
