"""What an integration of a WebSocket library says, without saying how events are made."""

from __future__ import annotations

from contextlib import suppress
from contextvars import Token
from typing import TypeAlias

from . import clock
from ._identity import current_exchange, next_id, thread_name
from ._lifecycle import Lifecycle
from ._stack import Stack, capture_stack
from ._suppression import suppressed
from .http import Connection, Headers
from .websocket import (
    Frame,
    SocketClosed,
    SocketFailed,
    SocketOpened,
    SocketOpening,
    client,
    server,
)

SocketLifecycle: TypeAlias = Lifecycle[
    SocketOpening, SocketOpened, Frame, SocketClosed, SocketFailed
]

NO_STATUS, ABNORMAL = 1005, 1006
"""Close codes that are never sent: the close frame had none; there was no close frame."""


class SocketExchange:
    """One WebSocket: publishes the events of ``websocket.client`` or ``websocket.server``.

    Made by :meth:`connecting` or :meth:`accepting`, when the integration has seen
    that somebody listens.  ``close`` and ``fail`` end it; whichever comes first
    counts, the rest is ignored.

    Attributes:
        id: Unique in this process.
        ended: Whether it is closed or has failed.
    """

    __slots__ = ("_lifecycle", "ended", "id")

    def __init__(self, lifecycle: SocketLifecycle) -> None:
        self.id: int = next_id()
        self.ended: bool = False
        self._lifecycle = lifecycle

    @classmethod
    def connecting(
        cls, url: str, headers: Headers, at: int | None = None, stack: Stack | None = None
    ) -> SocketExchange | None:
        """Publish that a handshake is about to be sent; ``None`` where that is suppressed.

        Args:
            at: When the client began, if that was before now.
            stack: Where it began, if that was not here.
        """
        if suppressed():
            return None
        socket = cls(client)
        client.start.publish(
            SocketOpening(
                socket.id,
                at or clock.now(),
                url,
                headers,
                capture_stack(1) if stack is None else stack,
                thread_name(),
                current_exchange.get(),
            )
        )
        return socket

    @classmethod
    def accepting(cls, url: str, headers: Headers) -> SocketExchange | None:
        """Publish that a handshake has been received; ``None`` where that is suppressed."""
        if suppressed():
            return None
        socket = cls(server)
        event = SocketOpening(socket.id, clock.now(), url, headers, (), thread_name())
        server.start.publish(event)
        return socket

    def enter(self) -> Token[int | None]:
        """Make it the parent of what happens in this context from now on; for :meth:`leave`."""
        return current_exchange.set(self.id)

    def leave(self, token: Token[int | None]) -> None:
        """Take :meth:`enter` back; in another context that does nothing."""
        with suppress(ValueError):
            current_exchange.reset(token)

    def opened(
        self,
        status: int,
        reason: str,
        headers: Headers,
        subprotocol: str | None = None,
        connection: Connection | None = None,
    ) -> None:
        """Publish the answer to the handshake."""
        if not self.ended:
            at = clock.now()
            event = SocketOpened(self.id, at, status, reason, headers, subprotocol, connection)
            self._lifecycle.headers.publish(event)

    def frame(
        self,
        opcode: int,
        data: bytes | str,
        *,
        sent: bool,
        final: bool = True,
        encoded_length: int | None = None,
    ) -> None:
        """Publish a frame."""
        if not self.ended:
            event = Frame(self.id, clock.now(), opcode, data, sent, final, encoded_length)
            self._lifecycle.body_chunk.publish(event)

    def close(self, code: int, reason: str = "", *, clean: bool = True) -> None:
        """Publish that it is closed."""
        if not self.ended:
            self.ended = True
            event = SocketClosed(self.id, clock.now(), code, reason, clean)
            self._lifecycle.finish.publish(event)

    def fail(self, error: BaseException) -> None:
        """Publish that it ended with *error*."""
        if not self.ended:
            self.ended = True
            self._lifecycle.error.publish(SocketFailed(self.id, clock.now(), error))
