"""httpx: which requests belong to one call; httpcore below sends them.

Transports that aren't httpcore's (``MockTransport``, ASGI, WSGI) use no
network, and nothing is reported for them.
"""

from __future__ import annotations

from importlib import import_module

from . import httpcore
from ._operation import async_operation, operation
from ._patch import Undo, patch, undo_all


def install() -> Undo:
    """Hook httpx and what it stands on."""
    return undo_all([httpcore.install(), hook()])


def hook(library: str = "httpx") -> Undo:
    """Hook the httpx that is importable as *library*, alone."""
    httpx = import_module(library)
    return undo_all(
        [
            patch(httpx.Client, "send", operation),
            patch(httpx.AsyncClient, "send", async_operation),
        ]
    )
