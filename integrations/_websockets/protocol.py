"""What goes around the methods of the sans-I/O protocol of the library ``websockets``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ...channels import http
from ...channels.websocket import client, server
from .._patch import hide_us
from .._telling import tell, tell_after
from .frames import (
    accepting,
    answered,
    connecting,
    ended,
    received,
    responded,
    sent,
    socket_of,
)


def wrap_recv_frame(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that publishes each frame that has come."""

    @functools.wraps(original)
    def recv_frame(self: Any, frame: Any) -> Any:
        socket = socket_of(self)
        # Before it is answered: a ping comes before its pong.
        if socket is not None:
            tell("websockets", received, self, socket, frame)
        try:
            return original(self, frame)
        except BaseException as error:
            hide_us(error)
            raise

    return recv_frame


def wrap_send_request(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that publishes the start of a client."""

    @functools.wraps(original)
    def send_request(self: Any, request: Any) -> Any:
        if client.start.has_subscribers:
            tell("websockets", connecting, self, request)
        try:
            return original(self, request)
        except BaseException as error:
            hide_us(error)
            raise

    return send_request


def wrap_process_response(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, that publishes what a client is answered."""

    @functools.wraps(original)
    def process_response(self: Any, response: Any) -> Any:
        try:
            result = original(self, response)
        except BaseException as error:
            tell("websockets", responded, self, response, error)
            hide_us(error)
            raise
        tell("websockets", responded, self, response, None)
        return result

    return process_response


def tell_end(protocol: Any) -> None:
    """Publish the end of what is published of *protocol*, once."""
    socket = socket_of(protocol)
    if socket is not None and not socket.ended:
        tell("websockets", ended, protocol, socket)


def _sent(_result: object, protocol: Any, frame: Any) -> None:
    socket = socket_of(protocol)
    if socket is not None:
        sent(protocol, socket, frame)


def _received_events(events: list[Any], protocol: Any) -> None:
    if server.start.has_subscribers or http.server.start.has_subscribers:
        for event in events:
            # The only one of them that has a path; nothing comes before it.
            if hasattr(event, "path"):
                accepting(protocol, event)


def _at_end(_result: object, protocol: Any) -> None:
    tell_end(protocol)


def _responded(_result: object, protocol: Any, response: Any) -> None:
    answered(protocol, response)


wrap_send_frame = tell_after("websockets", _sent)
"""Publishes each frame that goes out."""

wrap_receive_eof = tell_after("websockets", _at_end)
"""Publishes the end."""

wrap_events_received = tell_after("websockets", _received_events)
"""Publishes the start of a server."""

wrap_send_response = tell_after("websockets", _responded)
"""Publishes what a server answers."""
