"""What an integration of an HTTP client says, without saying how events are made.

A request passes several layers (requests, urllib3, http.client).  The innermost
that speaks the protocol reports it, since only there the real headers, bytes
and times are known; the outer layers open an :class:`Operation`, which tells
that the requests sent inside it belong together.  So one request is one
exchange whichever layers it passes, and a redirect knows where it came from.
"""

from __future__ import annotations

import itertools
import threading
from contextvars import ContextVar, Token
from time import monotonic_ns
from types import TracebackType

import attrs

from ._stack import capture_stack
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

_ids = itertools.count(1)
_connection_ids = itertools.count(1)
_operation: ContextVar[Operation | None] = ContextVar("tapscope_operation", default=None)
_current: ContextVar[int | None] = ContextVar("tapscope_exchange", default=None)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def new_connection() -> Connection:
    """Make a connection's record, with an id of its own."""
    return Connection(next(_connection_ids))


@attrs.define(eq=False)
class Operation:
    """One call of the program that may take several requests, as with redirects.

    Use it with ``with`` around that call, which gives the outermost operation:
    inside another one it does nothing.

    Attributes:
        requests: How many exchanges have started in it.
    """

    at: int | None = attrs.field(factory=monotonic_ns)
    redirect: int | None = None
    requests: int = 0
    _token: Token[Operation | None] | None = attrs.field(default=None, init=False)

    def __enter__(self) -> Operation:
        outer = _operation.get()
        if outer is not None:
            return outer
        self._token = _operation.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _operation.reset(self._token)

    @staticmethod
    def current() -> Operation | None:
        """Give the outermost operation that is open here."""
        return _operation.get()

    def next_start(self, at: int) -> tuple[int, int | None]:
        """Give the start of the next request, and the exchange it is redirected from."""
        started, redirected_from = self.at or at, self.redirect
        self.at = self.redirect = None
        self.requests += 1
        return started, redirected_from


class ClientExchange:
    """One outgoing request on its way: publishes the events of ``http.client``.

    Made by :meth:`start`, when the integration has seen that somebody listens.
    ``finish`` and ``fail`` end it; whichever comes first counts, the rest is ignored.
    """

    __slots__ = ("_operation", "ended", "id", "received_bytes")

    def __init__(self, operation: Operation | None) -> None:
        self.id = next(_ids)
        self.ended = False
        self.received_bytes = 0
        self._operation = operation

    @classmethod
    def start(
        cls, method: str, url: str, headers: Headers, at: int | None = None, skip: int = 0
    ) -> ClientExchange:
        """Publish the start.

        Args:
            at: When the client began, if that was before now.
            skip: How many of the innermost frames are the integration's own.
        """
        operation = _operation.get()
        exchange = cls(operation)
        redirected_from = None
        at = at or monotonic_ns()
        if operation is not None:
            at, redirected_from = operation.next_start(at)
        client.start.publish(
            RequestStarted(
                exchange.id,
                at,
                method,
                url,
                headers,
                capture_stack(skip + 1),
                threading.current_thread().name,
                _current.get(),
                redirected_from,
            )
        )
        return exchange

    def sent(self, data: bytes) -> None:
        """Publish a piece of the request's body."""
        if data:
            client.body_chunk.publish(BodyChunk(self.id, monotonic_ns(), data, True))

    def responded(
        self,
        status: int,
        reason: str,
        protocol: str,
        headers: Headers,
        connection: Connection | None,
        send_start: int | None,
        send_end: int | None,
    ) -> None:
        """Publish the response's head."""
        reused = connection is not None and connection.used > 1
        if self._operation is not None and status in _REDIRECTS:
            self._operation.redirect = self.id
        client.headers.publish(
            ResponseStarted(
                self.id,
                monotonic_ns(),
                status,
                reason,
                protocol,
                headers,
                connection,
                reused,
                send_start,
                send_end,
            )
        )

    def received(self, data: bytes, wire_length: int | None = None) -> None:
        """Publish a piece of the response's body, which took *wire_length* bytes on the wire."""
        self.received_bytes += len(data) if wire_length is None else wire_length
        if data:
            client.body_chunk.publish(BodyChunk(self.id, monotonic_ns(), data, False))

    def finish(self, *, complete: bool = True) -> None:
        """Publish that the program is done with the response."""
        if not self.ended:
            self.ended = True
            client.finish.publish(
                ExchangeFinished(self.id, monotonic_ns(), self.received_bytes, complete)
            )

    def fail(self, error: BaseException) -> None:
        """Publish that the exchange ended with *error*; the caller raises it."""
        if not self.ended:
            self.ended = True
            client.error.publish(ExchangeFailed(self.id, monotonic_ns(), error))
