"""hypercorn: the requests it receives, on asyncio and trio, HTTP/1.1, HTTP/2 and HTTP/3."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels.http import server
from ._asgi.types import Receive, Scope, Send
from ._patch import Undo, patch, undo_all
from .asgi import ServedApp


def hook(library: str = "hypercorn.app_wrappers") -> Undo:
    """Hook what it wraps applications in, of both kinds, importable from *library*."""
    wrappers = import_module(library)
    return undo_all(
        [
            patch(wrappers.ASGIWrapper, "__call__", _wrap_call),
            patch(wrappers.WSGIWrapper, "__call__", _wrap_call),
        ]
    )


install = hook
"""Stands on nothing else."""


def _wrap_call(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def __call__(  # noqa: N807  # its name there
        self: Any, scope: Scope, receive: Receive, send: Send, *runners: Any
    ) -> Any:
        if not server.start.has_subscribers or scope["type"] != "http":
            return original(self, scope, receive, send, *runners)

        def answer(scope: Scope, receive: Receive, send: Send) -> Any:
            return original(self, scope, receive, send, *runners)

        return ServedApp(answer, self.app)(scope, receive, send)

    return __call__
