"""websockets: its clients and servers, on asyncio, on trio and in threads.

All of them speak through one sans-I/O protocol, and so do servers that use only
that, such as uvicorn; it is hooked where a frame goes out or has come in.  The
connections around it add whether they are TLS, and what they have failed by.
The library's ``legacy`` package is not hooked.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ._importing import hook_importable
from ._patch import Undo, patch, undo_all
from ._websockets.connecting import (
    wrap_async_open,
    wrap_connection_lost,
    wrap_connection_made,
    wrap_init,
    wrap_open,
)
from ._websockets.connection import carried_by_socket, carried_by_stream
from ._websockets.protocol import (
    wrap_events_received,
    wrap_process_response,
    wrap_receive_eof,
    wrap_recv_frame,
    wrap_send_frame,
    wrap_send_request,
    wrap_send_response,
)

_MODULES = (
    "protocol",
    "client",
    "server",
    "asyncio.client",
    "asyncio.connection",
    "sync.client",
    "sync.connection",
    "trio.client",
    "trio.connection",
)
_UVICORN = "uvicorn.protocols.websockets.websockets_sansio_impl"


def install() -> Undo:
    """Hook websockets."""
    return hook_importable([f"websockets.{name}" for name in _MODULES], hook)


def hook(library: str = "websockets.protocol") -> Undo:
    """Hook the one module of websockets, or of uvicorn, that is importable as *library*."""
    module = import_module(library)
    patches = _PATCHES[library.removeprefix("websockets.")]
    # Not every version has all of them.
    return undo_all(
        [
            patch(owner, name, wrap)
            for kind, name, wrap in patches
            if (owner := getattr(module, kind, None)) is not None and hasattr(owner, name)
        ]
    )


_Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]

_PATCHES: dict[str, tuple[tuple[str, str, _Wrap], ...]] = {
    "protocol": (
        ("Protocol", "send_frame", wrap_send_frame),
        ("Protocol", "recv_frame", wrap_recv_frame),
        ("Protocol", "receive_eof", wrap_receive_eof),
    ),
    "client": (
        ("ClientProtocol", "send_request", wrap_send_request),
        ("ClientProtocol", "process_response", wrap_process_response),
    ),
    "server": (
        ("ServerProtocol", "events_received", wrap_events_received),
        ("ServerProtocol", "send_response", wrap_send_response),
    ),
    "asyncio.client": (
        ("connect", "open_tcp_connection", wrap_async_open),
        # Its name before websockets 17.
        ("connect", "create_connection", wrap_async_open),
    ),
    "asyncio.connection": (
        ("Connection", "connection_made", wrap_connection_made),
        ("Connection", "connection_lost", wrap_connection_lost),
    ),
    "sync.client": (
        ("reconnect", "open_socket", wrap_open),
        ("reconnect", "enable_tls", wrap_open),
    ),
    "sync.connection": (("Connection", "__init__", wrap_init(carried_by_socket, 0)),),
    "trio.client": (
        ("connect", "open_tcp_stream", wrap_async_open),
        ("connect", "enable_tls", wrap_async_open),
    ),
    "trio.connection": (("Connection", "__init__", wrap_init(carried_by_stream, 1)),),
    _UVICORN: (
        ("WebSocketsSansIOProtocol", "connection_made", wrap_connection_made),
        ("WebSocketsSansIOProtocol", "connection_lost", wrap_connection_lost),
    ),
}
"""For each module the class, its method, and what goes around that."""
