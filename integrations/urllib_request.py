"""urllib.request: which requests belong to one call; http.client below sends them."""

from __future__ import annotations

import urllib.request

from . import http_client
from ._operation import operation
from ._patch import Undo, patch, undo_all


def install() -> Undo:
    """Hook ``urllib.request`` and what it stands on."""
    return undo_all([http_client.install(), hook()])


def hook(_library: str = "urllib.request") -> Undo:
    """Hook ``urllib.request`` alone."""
    return patch(urllib.request.OpenerDirector, "open", operation)
