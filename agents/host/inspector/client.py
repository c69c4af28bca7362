"""The other end of the inspector's WebSocket: hears what a domain of a running host tells."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import attrs
import trio
from trio_websocket import (
    ConnectionClosed,
    HandshakeError,
    WebSocketConnection,
    open_websocket_url,
)

from ....channels import TapscopeError
from .discovery import ONLOOKER

_CONNECTING = 10.0  # seconds
_LEAVING = 1.0  # seconds
_LARGEST = 1 << 30  # bytes; the host is trusted, and its events can have bodies in them
_ENABLE = 1


class Unreachable(TapscopeError):
    """There is no host at an address, or none that takes a WebSocket there."""


class EnableRefused(TapscopeError):
    """The host has answered a domain's ``enable`` with an error."""


@attrs.frozen
class Notification:
    """An event as it came.

    Attributes:
        method: With the domain, as in ``Network.loadingFinished``.
    """

    method: str
    params: dict[str, Any]


def follow(url: str, domain: str, receive: Callable[[Notification], None]) -> None:
    """Enable *domain* at the target *url* and hand its events to *receive* until the host leaves.

    The host does not stay for this one: it leaves with its last program.

    It runs trio in the calling thread.  What *receive* raises ends it, and comes out.

    Raises:
        Unreachable: no WebSocket is to be had at *url*.
        EnableRefused: the domain can't be enabled.
        KeyboardInterrupt: by Ctrl-C, if this is the main thread.
    """
    trio.run(
        partial(_follow, url, domain, receive), restrict_keyboard_interrupt_to_checkpoints=True
    )


async def _follow(url: str, domain: str, receive: Callable[[Notification], None]) -> None:
    async with AsyncExitStack() as leaving:
        opening = open_websocket_url(
            f"{url.partition('?')[0]}?{ONLOOKER}",
            max_message_size=_LARGEST,
            connect_timeout=_CONNECTING,
            disconnect_timeout=_LEAVING,
        )
        try:
            connection = await leaving.enter_async_context(opening)
        except (HandshakeError, OSError) as error:
            raise Unreachable(
                f"{url} takes no WebSocket: {error or type(error).__name__}"
            ) from error
        try:
            await _hear(connection, domain, receive)
        except ConnectionClosed:
            return


async def _hear(
    connection: WebSocketConnection, domain: str, receive: Callable[[Notification], None]
) -> None:
    await connection.send_message(json.dumps({"id": _ENABLE, "method": f"{domain}.enable"}))
    while True:
        message = json.loads(await connection.get_message())
        if message.get("id") == _ENABLE and "error" in message:
            reason = message["error"].get("message")
            raise EnableRefused(f"the host doesn't enable {domain}: {reason}")
        method = message.get("method", "")
        if method.startswith(f"{domain}."):
            receive(Notification(method, message.get("params", {})))
