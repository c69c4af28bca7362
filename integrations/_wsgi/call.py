"""One call of a WSGI application for one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from ...channels.serving import ServerExchange
from .._patch import report
from .body import watched
from .input import WatchedInput
from .request import Wire, receive
from .response import Response

WSGIApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def answer(
    app: WSGIApp,
    environ: dict[str, Any],
    start_response: Callable[..., Any],
    wire: Wire | None,
    *,
    from_outside: bool,
) -> Any:
    """Have *app* answer, and publish what it takes and gives; what it raises is raised."""
    exchange = _begin(app, environ, wire, from_outside=from_outside)
    if exchange is None:
        return app(environ, start_response)
    response = Response(exchange, environ, start_response)
    exchange.enter()
    try:
        result = app(environ, response.start_response)
    except BaseException as error:
        exchange.fail(error)
        raise
    finally:
        exchange.leave()
    try:
        return watched(result, response, environ.get("wsgi.file_wrapper"))
    except Exception:
        report("wsgi")
        return result


def _begin(
    app: WSGIApp, environ: dict[str, Any], wire: Wire | None, *, from_outside: bool
) -> ServerExchange | None:
    try:
        body = environ.get("wsgi.input")
        # Then somebody further out tells of this request.
        if type(body) is WatchedInput:
            return None
        exchange = receive(environ, app, wire, from_outside=from_outside)
        if exchange is not None and body is not None:
            environ["wsgi.input"] = WatchedInput(body, exchange)
    except Exception:
        report("wsgi")
        return None
    return exchange
