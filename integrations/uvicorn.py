"""uvicorn: the requests it receives, by each of its implementations of HTTP.

They are hooked where one request begins, not where the application is loaded:
so a server that already runs is seen too, and the program finds its
application where and as it put it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels.http import server
from ._importing import hook_importable
from ._patch import Undo, patch, report
from .asgi import ServedApp

_IMPLEMENTATIONS = ("h11_impl", "httptools_impl")


def install() -> Undo:
    """Hook uvicorn."""
    names = [f"uvicorn.protocols.http.{each}" for each in _IMPLEMENTATIONS]
    return hook_importable(names, hook)


def hook(library: str = "uvicorn.protocols.http.h11_impl") -> Undo:
    """Hook the implementation of HTTP that is importable as *library*."""
    return patch(import_module(library).RequestResponseCycle, "run_asgi", _wrap_run)


def _wrap_run(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def run_asgi(self: Any, app: Any) -> Any:
        if server.start.has_subscribers:
            app = ServedApp(app, _application(app))
        return original(self, app)

    return run_asgi


def _application(app: Any) -> Any:
    """Give what is inside of uvicorn's own middleware."""
    try:
        while type(app).__module__.startswith("uvicorn."):
            app = app.app
    except Exception:
        report("uvicorn")
    return app
