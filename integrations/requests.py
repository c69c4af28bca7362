"""requests: which requests belong to one call; urllib3 below sends them."""

from __future__ import annotations

from importlib import import_module

from . import urllib3
from ._operation import operation
from ._patch import Undo, patch, undo_all


def install() -> Undo:
    """Hook requests and what it stands on."""
    return undo_all([urllib3.install(), hook()])


def hook(library: str = "requests") -> Undo:
    """Hook the requests that is importable as *library*, alone."""
    return patch(import_module(f"{library}.sessions").Session, "send", operation)
