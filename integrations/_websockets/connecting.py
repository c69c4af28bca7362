"""What goes around the methods of the connections that the library ``websockets`` opens."""

from __future__ import annotations

import functools
from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from ...channels import Stack, capture_stack, http, websocket
from ...channels.socket_exchange import SocketExchange
from .._patch import hide_us
from .._telling import tell
from .connection import carried_by_transport, carrier_of
from .protocol import tell_end


def wrap_connection_made(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that notes what carries a protocol on asyncio."""

    @functools.wraps(original)
    def connection_made(self: Any, transport: Any) -> Any:
        if _is_heard():
            tell("websockets", carried_by_transport, self, _protocol(self), transport)
        try:
            return original(self, transport)
        except BaseException as error:
            hide_us(error)
            raise

    return connection_made


def wrap_connection_lost(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that notes why a connection was lost, and publishes the end."""

    @functools.wraps(original)
    def connection_lost(self: Any, exc: Any) -> Any:
        protocol = _protocol(self)
        carrier = carrier_of(protocol)
        if carrier is not None:
            carrier.cause = exc
        try:
            result = original(self, exc)
        except BaseException as error:
            hide_us(error)
            raise
        # uvicorn does not tell the protocol.
        tell_end(protocol)
        return result

    return connection_lost


def wrap_init(
    carried: Callable[[Any, Any, Any], None], place: int
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap the ``__init__`` of a connection, whose stream and protocol are at *place*."""

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            # Before it begins to read, in a thread of its own.
            if _is_heard() and len(args) > place + 1:
                tell("websockets", carried, self, args[place + 1], args[place])
            try:
                original(self, *args, **kwargs)
            except BaseException as error:
                hide_us(error)
                raise

        return __init__

    return wrap


def wrap_open(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that publishes a client that can't be opened."""

    @functools.wraps(original)
    def open_connection(self: Any, *args: Any, **kwargs: Any) -> Any:
        began = _begin()
        try:
            return original(self, *args, **kwargs)
        except BaseException as error:
            _tell_unreachable(self, began, error)
            hide_us(error)
            raise

    return open_connection


def wrap_async_open(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that publishes a client that can't be opened."""

    @functools.wraps(original)
    async def open_connection(self: Any, *args: Any, **kwargs: Any) -> Any:
        began = _begin()
        try:
            return await original(self, *args, **kwargs)
        except BaseException as error:
            _tell_unreachable(self, began, error)
            hide_us(error)
            raise

    return open_connection


def _protocol(connection: Any) -> Any:
    """Give the sans-I/O protocol of a connection, of websockets or of uvicorn."""
    return getattr(connection, "protocol", None) or getattr(connection, "conn", None)


def _is_heard() -> bool:
    """Whether anybody listens to what may begin on a connection."""
    websockets = websocket.client.start.has_subscribers or websocket.server.start.has_subscribers
    return websockets or http.server.start.has_subscribers


def _begin() -> tuple[int, Stack] | None:
    """Give the time and the place; an error thrown into a coroutine does not know that any more."""
    return (monotonic_ns(), capture_stack(2)) if websocket.client.start.has_subscribers else None


def _tell_unreachable(connect: Any, began: tuple[int, Stack] | None, error: BaseException) -> None:
    """Publish a client that has not come as far as a handshake."""

    def publish() -> None:
        socket = SocketExchange.connecting(connect.uri, (), *began) if began else None
        if socket is not None:
            socket.fail(error)

    tell("websockets", publish)
