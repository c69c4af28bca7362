"""WSGI: what an application receives and answers, for any server that PEP 3333 describes.

The servers that have an integration of their own need no :class:`TapscopeMiddleware`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..channels.http import server
from ._patch import hide_us
from ._wsgi.call import WSGIApp, answer
from ._wsgi.request import Wire


class TapscopeMiddleware:
    """A WSGI application that publishes to ``http.server`` what another one receives and answers.

    A request is reported once, by the outermost of several.  Stands in for the
    application in every other way: its attributes are that one's.

    Args:
        app: The application, which gets every call with the very objects it was made with,
            but for a ``wsgi.input`` and a ``start_response`` that are watched.
    """

    def __init__(self, app: WSGIApp) -> None:
        self._app = app
        self._wire: Wire | None = None
        self._from_outside = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer as the application does."""
        app = self._app
        try:
            if not server.start.has_subscribers:
                return app(environ, start_response)
            return answer(app, environ, start_response, self._wire, from_outside=self._from_outside)
        except BaseException as error:
            hide_us(error)
            raise

    def __getattr__(self, name: str) -> Any:
        # One that is being copied has no application yet.
        if name == "_app":
            raise AttributeError(name)
        return getattr(self._app, name)


class Served(TapscopeMiddleware):
    """What a server that is hooked finds for its application.

    Args:
        app: The application.
        wire: The request it is about to be called for, where the server can tell.
    """

    def __init__(self, app: WSGIApp, wire: Wire | None = None) -> None:
        super().__init__(app)
        self._wire = wire
        self._from_outside = True
