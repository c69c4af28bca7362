"""What an integration of an HTTP client says, without saying how events are made.

A request passes several layers (requests, urllib3, http.client).  The innermost
that speaks the protocol reports it, since only there the real headers, bytes
and times are known; the outer layers open an :class:`Operation`, which tells
that the requests sent inside it belong together.  So one request is one
exchange whichever layers it passes, and a redirect knows where it came from.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from contextvars import Token
from types import TracebackType
from typing import TYPE_CHECKING

from . import clock
from ._identity import current_exchange, next_id, operations, thread_name
from ._stack import Stack, capture_stack
from ._suppression import suppressed
from .http import (
    BodyChunk,
    Connection,
    ExchangeFailed,
    ExchangeFinished,
    Headers,
    RequestStarted,
    ResponseStarted,
    client,
)

_connection_ids = itertools.count(1)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def new_connection() -> Connection:
    """Make a connection's record, with an id of its own."""
    return Connection(next(_connection_ids))


class Operation:
    """One call of the program that may take several requests, as with redirects.

    Use it with ``with`` around that call, which gives the outermost operation:
    inside another one it does nothing.

    Attributes:
        at: When it began, for its first request; ``None`` once that has started.
        newest: The exchange that was started last.
        redirect: The exchange that the next request is redirected from.
        stack: Where the program made the call; the requests have no stack of their own.
    """

    __slots__ = ("_token", "at", "newest", "redirect", "stack")

    def __init__(self) -> None:
        self.at: int | None = None
        self.newest: int | None = None
        self.redirect: int | None = None
        self.stack: Stack = ()
        self._token: Token[Operation | None] | None = None

    def __enter__(self) -> Operation:  # noqa: PYI034  # it may be another one
        outer = operations.get()
        if outer is not None:
            return outer
        self.at = clock.now()
        self.stack = capture_stack(1)
        self._token = operations.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            operations.reset(self._token)
            self._token = None


class ClientExchange:
    """One outgoing request on its way: publishes the events of ``http.client``.

    Made by :meth:`start`, when the integration has seen that somebody listens.
    ``finish`` and ``fail`` end it; whichever comes first counts, the rest is ignored.
    """

    __slots__ = ("_early_hints", "_operation", "ended", "id", "received_bytes")

    def __init__(self, operation: Operation | None) -> None:
        self.id: int = next_id()
        self.ended: bool = False
        self.received_bytes: int = 0
        self._early_hints: Sequence[tuple[bytes, bytes]] = ()
        self._operation = operation

    @classmethod
    def start(
        cls, method: str, url: str, headers: Headers, at: int | None = None
    ) -> ClientExchange:
        """Publish the start.

        Args:
            url: Absolute; without a user name and password.
            at: When the client began, if that was before now.
        """
        operation = operations.get()
        if suppressed():
            return _Unseen(operation)
        exchange = cls(operation)
        if operation is None:
            redirected_from, stack = None, capture_stack(1)
        else:
            redirected_from, stack = operation.redirect, operation.stack
            at = operation.at or at
            operation.at = operation.redirect = None
            operation.newest = exchange.id
        client.start.publish(
            RequestStarted(
                exchange.id,
                at or clock.now(),
                method,
                url,
                headers,
                stack,
                thread_name(),
                current_exchange.get(),
                redirected_from,
            )
        )
        return exchange

    def sent(self, data: bytes) -> None:
        """Publish a piece of the request's body."""
        if data:
            client.body_chunk.publish(BodyChunk(self.id, clock.now(), data, True))

    def hinted(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Take note of a response 103, which is told with the one that it comes before."""
        self._early_hints = [*self._early_hints, *headers]

    def responded(
        self,
        status: int,
        reason: str,
        protocol: str,
        headers: Headers,
        connection: Connection | None,
        send_start: int | None,
        send_end: int | None,
        *,
        from_cache: bool = False,
    ) -> None:
        """Publish the response's head."""
        reused = connection is not None and connection.used > 1
        # Let go of: some libraries' responses are garbage that only the collector can clear.
        operation, self._operation = self._operation, None
        if operation is not None and status in _REDIRECTS:
            operation.redirect = self.id
        client.headers.publish(
            ResponseStarted(
                self.id,
                clock.now(),
                status,
                reason,
                protocol,
                headers,
                connection,
                reused,
                send_start,
                send_end,
                from_cache,
                self._early_hints,
            )
        )

    def received(self, data: bytes, wire_length: int | None = None) -> None:
        """Publish a piece of the response's body, which took *wire_length* bytes on the wire."""
        self.received_bytes += len(data) if wire_length is None else wire_length
        if data:
            client.body_chunk.publish(BodyChunk(self.id, clock.now(), data, False))

    def finish(self, *, complete: bool = True) -> None:
        """Publish that the program is done with the response."""
        if not self.ended:
            self.ended = True
            client.finish.publish(
                ExchangeFinished(self.id, clock.now(), self.received_bytes, complete)
            )

    def fail(self, error: BaseException) -> None:
        """Publish that the exchange ended with *error*; the caller raises it."""
        if not self.ended:
            self.ended = True
            client.error.publish(ExchangeFailed(self.id, clock.now(), error))


class _Unseen(ClientExchange):
    """An exchange begun where that is suppressed: it stays silent wherever it goes on."""

    __slots__ = ()

    def __init__(self, operation: Operation | None) -> None:
        super().__init__(operation)
        self.ended = True

    def sent(self, data: bytes) -> None:
        pass

    def responded(
        self,
        status: int,
        reason: str,
        protocol: str,
        headers: Headers,
        connection: Connection | None,
        send_start: int | None,
        send_end: int | None,
        *,
        from_cache: bool = False,
    ) -> None:
        pass

    def received(self, data: bytes, wire_length: int | None = None) -> None:
        pass


# Where there was no compiler, all is the same but for the time.
if not TYPE_CHECKING:
    with contextlib.suppress(ImportError):
        from ._exchange import ClientExchange, Operation
