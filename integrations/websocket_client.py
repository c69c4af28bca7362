"""websocket-client: what ``WebSocket`` opens, and so ``WebSocketApp``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels.websocket import client
from ._patch import Undo, hide_us, patch, undo_all
from ._telling import tell, tell_after
from ._websockets.client_socket import Opening, OpenSocket, current

# An attribute of the library's object.
_SOCKET = "_tapscope_socket"

_FATAL = frozenset({"WebSocketProtocolException", "WebSocketPayloadException"})


def hook(library: str = "websocket._core") -> Undo:
    """Hook websocket-client."""
    core = import_module(library)
    return undo_all(
        [
            patch(
                import_module("websocket._handshake"),
                "_get_handshake_headers",
                tell_after("websocket-client", _asking),
            ),
            patch(core, "handshake", tell_after("websocket-client", _answered)),
            patch(core.WebSocket, "connect", _wrap_connect),
            patch(core.WebSocket, "send_frame", _wrap_send_frame),
            patch(core.WebSocket, "recv_frame", _wrap_recv_frame),
            patch(core.WebSocket, "shutdown", _wrap_shutdown),
        ]
    )


install = hook
"""Stands on nothing else."""


def _wrap_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(self: Any, url: Any, **options: Any) -> Any:
        opening = Opening(str(url)) if client.start.has_subscribers else None
        token = current.set(opening)
        try:
            result = original(self, url, **options)
        except BaseException as error:
            if opening is not None:
                tell("websocket-client", opening.failed, error)
            hide_us(error)
            raise
        finally:
            current.reset(token)
        opened = opening.socket if opening else None
        setattr(self, _SOCKET, OpenSocket(opened) if opened else None)
        return result

    return connect


def _wrap_send_frame(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def send_frame(self: Any, frame: Any) -> Any:
        socket: OpenSocket | None = getattr(self, _SOCKET, None)
        if socket is not None:
            tell("websocket-client", socket.frame, frame, sent=True)
        try:
            return original(self, frame)
        except BaseException as error:
            hide_us(error)
            raise

    return send_frame


def _wrap_recv_frame(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def recv_frame(self: Any) -> Any:
        socket: OpenSocket | None = getattr(self, _SOCKET, None)
        try:
            frame = original(self)
        except BaseException as error:
            if socket is not None:
                tell("websocket-client", _broke, self, socket, error)
            hide_us(error)
            raise
        if socket is not None and frame is not None:
            tell("websocket-client", socket.frame, frame, sent=False)
        return frame

    return recv_frame


def _wrap_shutdown(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def shutdown(self: Any) -> Any:
        socket: OpenSocket | None = getattr(self, _SOCKET, None)
        if socket is not None:
            tell("websocket-client", socket.ended)
        try:
            return original(self)
        except BaseException as error:
            hide_us(error)
            raise

    return shutdown


def _asking(head: Any, _resource: Any, url: Any, /, *_: Any) -> None:
    opening = current.get()
    if opening is not None:
        opening.asking(url, head[0])


def _answered(response: Any, sock: Any, /, *_args: Any, **_options: Any) -> None:
    opening = current.get()
    if opening is not None:
        opening.answered(sock, response)


def _broke(connection: Any, socket: OpenSocket, error: BaseException) -> None:
    """Publish the end if *error*, raised while reading, is one."""
    # The library lets go of what is lost; a time-out is none, and one may go on reading.
    if connection.sock is None:
        socket.ended()
    elif isinstance(error, ConnectionError) or type(error).__name__ in _FATAL:
        socket.ended(error)
