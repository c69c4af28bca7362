"""hypercorn: the WebSockets it accepts.

Its frames are :mod:`wsproto`'s, but it shakes hands itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from importlib import import_module
from typing import Any

from ..channels.socket_exchange import SocketExchange
from ..channels.websocket import server
from . import wsproto
from ._patch import Undo, hide_us, patch, undo_all
from ._telling import tell, tell_after
from ._websockets.wsproto_socket import WatchedSocket, attach, socket_of

# What the handshake that is being accepted belongs to.
_accepting: ContextVar[WatchedSocket | None] = ContextVar("tapscope_hypercorn", default=None)


def install() -> Undo:
    """Hook hypercorn's WebSockets and what they stand on."""
    return undo_all([wsproto.install(), hook()])


def hook(library: str = "hypercorn.protocol.ws_stream") -> Undo:
    """Hook the module of hypercorn that is importable as *library*, alone."""
    module = import_module(library)
    return undo_all(
        [
            patch(module.WSStream, "handle", _wrap_handle),
            patch(module.WSStream, "_accept", _wrap_accept),
            patch(module.WSStream, "_send_error_response", _wrap_refuse),
            patch(module.WSStream, "_send_rejection", _wrap_refuse),
            patch(module.Handshake, "accept", tell_after("hypercorn", _shook)),
        ]
    )


def _wrap_handle(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def handle(self: Any, event: Any) -> Any:
        kind = type(event).__name__
        if kind == "Request" and server.start.has_subscribers:
            tell("hypercorn", _start, self, event)
        socket = socket_of(self)
        # The application's task is started in there, and takes the context with it.
        token = socket.exchange.enter() if socket is not None and kind == "Request" else None
        try:
            return await original(self, event)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            if socket is not None and token is not None:
                socket.exchange.leave(token)
            if socket is not None and kind == "StreamClosed":
                tell("hypercorn", socket.ended)

    return handle


def _wrap_accept(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def accept(self: Any, message: Any) -> Any:
        token = _accepting.set(socket_of(self))
        try:
            return await original(self, message)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            _accepting.reset(token)

    return accept


def _wrap_refuse(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def refuse(self: Any, answer: Any) -> Any:
        socket = socket_of(self)
        if socket is not None and not socket.exchange.ended:
            tell("hypercorn", _refused, self, socket, answer)
        try:
            return await original(self, answer)
        except BaseException as error:
            hide_us(error)
            raise

    return refuse


def _shook(answer: Any, _handshake: Any, subprotocol: Any, *_args: Any, **_kwargs: Any) -> None:
    socket = _accepting.get()
    if socket is not None:
        status, headers, connection = answer
        attach(connection, socket)
        socket.exchange.opened(status, "", list(headers), subprotocol)


def _start(stream: Any, request: Any) -> None:
    headers = list(request.headers)
    host = next((value for name, value in headers if name.lower() in _HOSTS), b"localhost")
    url = f"{stream.scheme}://{host.decode('latin-1')}{request.raw_path.decode('latin-1')}"
    exchange = SocketExchange.accepting(url, headers)
    attach(stream, WatchedSocket(exchange) if exchange else None)


_HOSTS = frozenset({b"host", b":authority"})


def _refused(stream: Any, socket: WatchedSocket, answer: Any) -> None:
    if isinstance(answer, int):
        socket.answered(answer, "", [], None)
    else:
        response = stream.response
        socket.answered(int(response["status"]), "", list(response.get("headers", [])), None)
