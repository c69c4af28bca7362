"""CacheControl: the responses that it has, and that urllib3 is not asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from typing import Any

from ..channels.urls import without_credentials
from . import requests
from ._cached import Cached, watch_cache
from ._patch import Undo, patch, undo_all


def install() -> Undo:
    """Hook CacheControl and what it stands on."""
    return undo_all([requests.install(), hook()])


def hook(library: str = "cachecontrol") -> Undo:
    """Hook the CacheControl that is importable as *library*, alone."""
    return patch(import_module(f"{library}.adapter").CacheControlAdapter, "send", _wrap)


def _wrap(original: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(original)(watch_cache(original, _cached, "cachecontrol"))


def _cached(request: Any, response: Any) -> Cached | None:
    if not getattr(response, "from_cache", False):
        return None
    raw = response.raw
    file = raw._fp  # noqa: SLF001  # the body, that only the program may read
    return Cached(
        request.method,
        without_credentials(request.url),
        list(request.headers.items()),
        raw.status,
        raw.reason or "",
        raw.version,
        list(raw.headers.items()),
        # A cache with files of its own for the bodies gives one that can be read once.
        file.getvalue() if isinstance(file, BytesIO) else b"",
    )
