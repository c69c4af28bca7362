"""requests-cache: the responses that it has, and that requests is not asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels.urls import without_credentials
from . import requests
from ._cached import Cached, watch_cache
from ._patch import Undo, patch, undo_all


def install() -> Undo:
    """Hook requests-cache and what it stands on."""
    return undo_all([requests.install(), hook()])


def hook(library: str = "requests_cache") -> Undo:
    """Hook the requests-cache that is importable as *library*, alone."""
    return patch(import_module(f"{library}.session").CacheMixin, "send", _wrap)


def _wrap(original: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(original)(watch_cache(original, _cached, "requests_cache"))


def _cached(request: Any, response: Any) -> Cached | None:
    if not getattr(response, "from_cache", False):
        return None
    # What is kept is decoded.
    headers = [pair for pair in response.headers.items() if pair[0].lower() != "content-encoding"]
    return Cached(
        request.method,
        without_credentials(request.url),
        list(request.headers.items()),
        response.status_code,
        response.reason or "",
        response.raw.version,
        headers,
        response.content or b"",
    )
