"""wsgiref: the standard library's WSGI server, and Django's runserver, which is built on it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from wsgiref import handlers

from ..channels.http import server
from ._patch import Undo, hide_us, patch
from ._wsgi.request import Wire
from .wsgi import Served


def hook(_library: str = "wsgiref.handlers") -> Undo:
    """Hook what runs an application for one request, whatever the server around it."""
    return patch(handlers.BaseHandler, "run", _wrap_run)


install = hook
"""Stands on nothing else."""


def _wrap_run(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def run(self: Any, application: Any) -> Any:
        try:
            if not server.start.has_subscribers:
                return original(self, application)
            # What simple_server leaves there reads the request; CGI has no such thing.
            wire = Wire.of(getattr(self, "request_handler", None))
            return original(self, Served(application, wire))
        except BaseException as error:
            hide_us(error)
            raise

    return run
