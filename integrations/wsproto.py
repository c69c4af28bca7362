"""wsproto: what simple-websocket (so Flask-Sock), trio-websocket and uvicorn's wsproto speak with.

It is sans-I/O: it does not know whether there is TLS, and so every URL is ``ws:``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from importlib import import_module
from typing import Any

from ..channels.socket_exchange import SocketExchange
from ..channels.websocket import client, server
from ._patch import Undo, hide_us, patch, undo_all
from ._telling import tell, tell_after
from ._websockets.wsproto_socket import WatchedSocket, attach, head_of, headers_of, socket_of

_UVICORN = "uvicorn.protocols.websockets.wsproto_impl"
_ANSWERS = frozenset({"AcceptConnection", "RejectConnection"})


def install() -> Undo:
    """Hook wsproto."""
    return undo_all([hook("wsproto.handshake"), hook("wsproto.connection")])


def hook(library: str = "wsproto.connection") -> Undo:
    """Hook the one module of wsproto, or of uvicorn, that is importable as *library*."""
    module = import_module(library)
    if library == _UVICORN:
        return patch(module.WSProtocol, "handle_connect", _wrap_connect)
    if library == "wsproto.connection":
        return undo_all(
            [
                patch(module.Connection, "send", tell_after("wsproto", _sent)),
                patch(module.Connection, "events", _wrap_events),
            ]
        )
    return undo_all(
        [
            patch(module.H11Handshake, "send", tell_after("wsproto", _shook)),
            patch(module.H11Handshake, "receive_data", _wrap_receive),
            patch(module.H11Handshake, "events", _wrap_shaken),
        ]
    )


def _wrap_events(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def events(self: Any) -> Generator[Any, None, None]:
        socket = socket_of(self)
        try:
            for event in original(self):
                if socket is not None:
                    tell("wsproto", socket.event, event, sent=False)
                yield event
        except BaseException as error:
            hide_us(error)
            raise

    return events


def _wrap_receive(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def receive_data(self: Any, data: Any) -> Any:
        socket = socket_of(self)
        # The events of a client have not all of the headers.
        if socket is not None and self.client and data:
            socket.head += data
        try:
            return original(self, data)
        except BaseException as error:
            if socket is not None:
                tell("wsproto", socket.exchange.fail, error)
            hide_us(error)
            raise

    return receive_data


def _wrap_shaken(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def events(self: Any) -> Generator[Any, None, None]:
        try:
            for event in original(self):
                kind = type(event).__name__
                if not self.client and kind == "Request" and server.start.has_subscribers:
                    tell("wsproto", _accepting, self, event)
                elif self.client and kind in _ANSWERS and (socket := socket_of(self)) is not None:
                    tell("wsproto", _answered, self, socket, event, bytes(socket.head))
                yield event
        except BaseException as error:
            hide_us(error)
            raise

    return events


def _wrap_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_connect(self: Any, event: Any) -> Any:
        socket = socket_of(self.conn.handshake)
        # The application's task is started in there, and takes the context with it.
        token = socket.exchange.enter() if socket is not None else None
        try:
            return original(self, event)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            if socket is not None and token is not None:
                socket.exchange.leave(token)

    return handle_connect


def _sent(_data: bytes, connection: Any, event: Any) -> None:
    socket = socket_of(connection)
    if socket is not None:
        socket.event(event, sent=True)


def _shook(data: bytes, handshake: Any, event: Any) -> None:
    kind = type(event).__name__
    if handshake.client and kind == "Request" and client.start.has_subscribers:
        _connecting(handshake, event, data)
    elif not handshake.client and kind in _ANSWERS:
        socket = socket_of(handshake)
        if socket is not None:
            _answered(handshake, socket, event, data)


def _connecting(handshake: Any, request: Any, data: bytes) -> None:
    url = f"ws://{request.host}{request.target}"
    exchange = SocketExchange.connecting(url, head_of(data)[1])
    attach(handshake, WatchedSocket(exchange) if exchange else None)


def _accepting(handshake: Any, request: Any) -> None:
    url = f"ws://{request.host}{request.target}"
    exchange = SocketExchange.accepting(url, headers_of(request))
    attach(handshake, WatchedSocket(exchange) if exchange else None)


def _answered(handshake: Any, socket: WatchedSocket, event: Any, data: bytes) -> None:
    line, headers = head_of(data)
    _, status, reason = [*line.split(" ", 2), ""][:3]
    if handshake.connection is not None:
        attach(handshake.connection, socket)
    socket.answered(int(status), reason, headers, getattr(event, "subprotocol", None))
