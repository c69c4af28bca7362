"""What an integration of an HTTP server says, without saying how events are made."""

from __future__ import annotations

from contextvars import Token

from . import clock
from ._errors import TapscopeError
from ._identity import current_exchange, next_id, thread_name
from ._stack import Stack
from ._suppression import suppressed
from .http import (
    BodyChunk,
    Connection,
    ExchangeFailed,
    ExchangeFinished,
    Headers,
    RequestReceived,
    ResponseSent,
    server,
)


class ClientDisconnected(TapscopeError):
    """The client went away before the response was complete; nobody raises it."""


class ResponseIncomplete(TapscopeError):
    """The program was done before its response was complete; nobody raises it."""


class ServerExchange:
    """One incoming request: publishes the events of ``http.server``.

    Made by :meth:`start`, when the integration has seen that somebody listens.
    ``finish`` and ``fail`` end it; whichever comes first counts, the rest is
    ignored.  What happens between :meth:`enter` and :meth:`leave` has it for
    its parent, but for what happens between :meth:`pause` and :meth:`resume`.

    Attributes:
        id: Unique in this process.
        parent: The exchange that caused this one, if that is known.
        answered: Whether the head of the response has been sent.
        ended: Whether it has finished or failed.
        sent_bytes: How much of the response's body was sent; ``None`` if that can't be told.
    """

    __slots__ = ("_token", "answered", "ended", "id", "parent", "sent_bytes")

    def __init__(self, parent: int | None = None) -> None:
        self.id: int = next_id()
        self.parent: int | None = parent
        self.answered: bool = False
        self.ended: bool = False
        self.sent_bytes: int | None = 0
        self._token: Token[int | None] | None = None

    @classmethod
    def start(
        cls,
        method: str,
        url: str,
        headers: Headers,
        protocol: str,
        connection: Connection | None = None,
        endpoint: str | None = None,
        stack: Stack = (),
        *,
        from_outside: bool = False,
    ) -> ServerExchange | None:
        """Publish that the head of a request was received; ``None`` where that is suppressed.

        Args:
            from_outside: Whether it came in by a socket, so that nothing that goes on here,
                where the server handles it, can be what caused it.
        """
        if suppressed():
            return None
        exchange = cls(None if from_outside else current_exchange.get())
        server.start.publish(
            RequestReceived(
                exchange.id,
                clock.now(),
                method,
                url,
                headers,
                protocol,
                thread_name(),
                stack,
                connection,
                endpoint,
                exchange.parent,
            )
        )
        return exchange

    def enter(self) -> None:
        """Make it the parent of what happens in this context from now on."""
        self._token = current_exchange.set(self.id)

    def leave(self) -> None:
        """Take :meth:`enter` back; in another context that does nothing."""
        token, self._token = self._token, None
        if token is not None:
            self.resume(token)

    def pause(self) -> Token[int | None]:
        """Have what happens here be none of its doing, as the server does it; for :meth:`resume`.

        Callbacks that a server leaves with an event loop keep the context they
        were left in, and the next request on that connection may come by one.
        """
        return current_exchange.set(self.parent)

    def resume(self, token: Token[int | None]) -> None:
        """Take :meth:`pause` back; in another context that does nothing."""
        # A generator may be closed in another context, where the token means nothing.
        try:  # noqa: SIM105  # suppress() would cost more than all the rest
            current_exchange.reset(token)
        except ValueError:
            pass

    def received(self, data: bytes) -> None:
        """Publish a piece of the request's body, as the program gets it."""
        if data and not self.ended:
            server.body_chunk.publish(BodyChunk(self.id, clock.now(), data, False))

    def responded(
        self, status: int, reason: str, headers: Headers, endpoint: str | None = None
    ) -> None:
        """Publish the head of the response."""
        if not self.answered and not self.ended:
            self.answered = True
            event = ResponseSent(self.id, clock.now(), status, reason, headers, endpoint)
            server.headers.publish(event)

    def sent(self, data: bytes) -> None:
        """Publish a piece of the response's body."""
        if data and not self.ended:
            self.sent_unseen(len(data))
            server.body_chunk.publish(BodyChunk(self.id, clock.now(), data, True))

    def sent_unseen(self, length: int | None) -> None:
        """Count a piece of the response's body that only the server sees, a file's."""
        known = self.sent_bytes
        self.sent_bytes = None if known is None or length is None else known + length

    def finish(self, *, complete: bool = True) -> None:
        """Publish that the response is sent, or as much of it as is going to be."""
        if not self.ended:
            self.ended = True
            event = ExchangeFinished(self.id, clock.now(), self.sent_bytes, complete)
            server.finish.publish(event)

    def fail(self, error: BaseException) -> None:
        """Publish that the exchange ended with *error*; the caller raises it."""
        if not self.ended:
            self.ended = True
            server.error.publish(ExchangeFailed(self.id, clock.now(), error))
