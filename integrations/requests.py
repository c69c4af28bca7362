"""requests: which requests belong to one call; urllib3 below sends them."""

from __future__ import annotations

from importlib import import_module

from ._operation import operation
from ._patch import Undo, patch


def install(library: str = "requests") -> Undo:
    """Hook the requests that is importable as *library*."""
    return patch(import_module(f"{library}.sessions").Session, "send", operation)
