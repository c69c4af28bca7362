"""ASGI: the requests that an application answers, whichever server it runs on.

The integrations of uvicorn and hypercorn put this around every request; where
there is none for a server, a program puts :class:`TapscopeMiddleware` around
its application itself.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ..channels.http import server
from ._asgi.call import Call
from ._asgi.types import ASGIApp, Receive, Scope, Send
from ._patch import hide_us


class TapscopeMiddleware:
    """An application that publishes each HTTP request to *app*, and is *app* in all else.

    It belongs outside of all other middleware, to see what the server sees.
    A request that a middleware further out, or the server's integration, has
    published already passes through.  So do WebSockets and the lifespan.

    Attributes:
        app: The application inside.
    """

    _from_outside: ClassVar[bool] = False

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have *app* answer; it gets *scope* itself, and an error of its own stays as it is."""
        try:
            call = None
            if server.start.has_subscribers:
                call = Call.of(self._named(), scope, receive, send, from_outside=self._from_outside)
            if call is None:
                return await self.app(scope, receive, send)
            with call:
                return await self.app(scope, call.receive, call.send)
        except BaseException as error:
            hide_us(error)
            raise

    def _named(self) -> object:
        """Give what the application is called by."""
        return self.app


class ServedApp(TapscopeMiddleware):
    """What a server calls for a request that it has received from a client.

    Args:
        app: What answers, with all that the server puts around an application.
        application: The program's part of it.
    """

    _from_outside = True

    def __init__(self, app: ASGIApp, application: Any) -> None:
        super().__init__(app)
        self._application = application

    def _named(self) -> object:
        return self._application
