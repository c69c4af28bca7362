"""urllib.request: which requests belong to one call; http.client below sends them."""

from __future__ import annotations

import urllib.request

from ._operation import operation
from ._patch import Undo, patch


def install(library: str = "urllib.request") -> Undo:
    """Hook ``urllib.request``."""
    del library
    return patch(urllib.request.OpenerDirector, "open", operation)
