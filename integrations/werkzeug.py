"""Werkzeug's development server, which Flask's ``app.run()`` and ``flask run`` start."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from werkzeug import serving

from ..channels.http import server
from ._patch import Undo, hide_us, patch, undo_all
from ._wsgi.attribute import watch_attribute
from ._wsgi.request import Wire
from .wsgi import Served

_handler: ContextVar[Any] = ContextVar("tapscope_werkzeug_handler", default=None)


def hook(_library: str = "werkzeug.serving") -> Undo:
    """Hook the server where it finds its application, and the handler of a request."""
    return undo_all(
        [
            watch_attribute(serving.BaseWSGIServer, "app", _served),
            patch(serving.WSGIRequestHandler, "run_wsgi", _wrap_run_wsgi),
        ]
    )


install = hook
"""Stands on nothing else."""


def _served(app: Any) -> Served:
    handler = _handler.get()
    # For this once: tasks that a request starts keep the context, and so would keep the handler.
    _handler.set(None)
    return Served(app, Wire.of(handler))


def _wrap_run_wsgi(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def run_wsgi(self: Any) -> Any:
        if not server.start.has_subscribers:
            return original(self)
        token = _handler.set(self)
        try:
            return original(self)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            _handler.reset(token)

    return run_wsgi
