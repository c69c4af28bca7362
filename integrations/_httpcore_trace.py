"""What httpcore's ``trace`` extension tells about a request and its connection."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import monotonic_ns
from typing import Any, cast
from weakref import WeakKeyDictionary

from ..channels.exchange import ClientExchange, new_connection
from ..channels.http import Connection
from ._patch import report
from ._streams import AsyncRequestStream, RequestStream
from ._tls import set_tls
from .sockets import resolution_of, watched_connection

_connections: WeakKeyDictionary[Any, Connection] = WeakKeyDictionary()

# What a request of each class has that a copy has, too.  It is learned once, as an
# instance that was asked for its __dict__ is slow in all its attributes.
_attributes: dict[type[object], tuple[str, ...]] = {}
_USUAL = ("method", "url", "headers")
_REPLACED = {"stream", "extensions"}


def connection_of_stream(stream: Any) -> Connection:
    """Give the record of a network stream of httpcore, the same every time."""
    try:
        connection = _connections.get(stream)
        if connection is None:
            connection = _connections[stream] = new_connection()
            _set_peer(connection, stream)
            _set_tls(connection, stream)
    except TypeError:
        # A stream of somebody's own backend may not take weak references.
        connection = new_connection()
    return connection


class Trace:
    """The ``trace`` callback of one request; passes every event on to the program's own.

    Attributes:
        exchange: The request, as it is published.
        request: What httpcore gets in place of the program's request.
        is_async: Whether httpcore awaits what a call gives.
        send_start: When the first byte of the request left.
        head_end: When its head had left, with HTTP/2, which has no body to ask for after that.
    """

    __slots__ = (
        "_connection",
        "_phase_start",
        "_program_extensions",
        "_program_trace",
        "exchange",
        "head_end",
        "is_async",
        "request",
        "send_start",
    )

    def __init__(self, request: Any, exchange: ClientExchange, *, is_async: bool) -> None:
        self.exchange = exchange
        self.is_async = is_async
        self.send_start: int | None = None
        self.head_end: int | None = None
        self._program_extensions = request.extensions
        self._program_trace = request.extensions.get("trace")
        self._connection: Connection | None = None
        self._phase_start = 0
        # A copy, because the program may use its request and extensions again.
        self.request = copy = _copy(request)
        copy.extensions = {**request.extensions, "trace": self}
        stream = AsyncRequestStream if is_async else RequestStream
        copy.stream = stream(request.stream, exchange)

    def __call__(self, name: str, info: Any) -> Any:
        handle = _HANDLERS.get(name)
        if handle is not None:
            try:
                handle(self, info)
            except Exception:
                report("httpcore")
        if self._program_trace is not None:
            return self._program_trace(name, info)
        return _nothing() if self.is_async else None

    def on_phase(self, _info: Any) -> None:
        """Opening a connection, or TLS on it, begins."""
        self._phase_start = monotonic_ns()

    def on_connected(self, info: Any) -> None:
        """A connection is open."""
        end = monotonic_ns()
        stream = info["return_value"]
        connection = None
        with suppress(Exception):
            connection = watched_connection(stream.get_extra_info("socket"))
        if connection is None:
            connection = new_connection()
            connection.connect_start, connection.connect_end = self._phase_start, end
            _set_peer(connection, stream)
            self._set_resolution(connection)
        self._connection = connection
        self._keep(stream)

    def _set_resolution(self, connection: Connection) -> None:
        resolution = resolution_of(connection.remote_address, self._phase_start)
        if resolution is not None:
            connection.dns_start, connection.dns_end = resolution.start, resolution.end
            connection.connect_start = resolution.end

    def on_tls(self, info: Any) -> None:
        """TLS is agreed on."""
        end = monotonic_ns()
        connection = self._connection
        if connection is not None:
            connection.tls_start, connection.tls_end = self._phase_start, end
            _set_tls(connection, info["return_value"])
            self._keep(info["return_value"])

    def _keep(self, stream: Any) -> None:
        if self._connection is not None:
            with suppress(TypeError):
                _connections[stream] = self._connection

    def on_head(self, info: Any) -> None:
        """A request's head is about to be sent."""
        # Opening a tunnel is a request of its own, with the same extensions.
        if info["request"].method == b"CONNECT" != self.request.method:
            return
        self.send_start = monotonic_ns()
        # The rest is told by the streams: save httpcore the calls.
        info["request"].extensions = self._program_extensions

    def on_head_sent(self, _info: Any) -> None:
        """A request's head has been sent."""
        self.head_end = monotonic_ns()


async def _nothing() -> None:
    pass


def _copy(request: Any) -> Any:
    kind = cast("type[object]", type(request))
    names = _attributes.get(kind)
    if names is None:
        kept = tuple(name for name in request.__dict__ if name not in _REPLACED)
        names = _attributes[kind] = _USUAL if kept == _USUAL else kept
    copy: Any = object.__new__(kind)
    if names is _USUAL:  # a third of the time of the loop
        copy.method, copy.url, copy.headers = request.method, request.url, request.headers
    else:
        for name in names:
            setattr(copy, name, getattr(request, name))
    return copy


def _set_peer(connection: Connection, stream: Any) -> None:
    with suppress(Exception):
        peer = stream.get_extra_info("server_addr")
        connection.remote_address, connection.remote_port = str(peer[0]), int(peer[1])


def _set_tls(connection: Connection, stream: Any) -> None:
    tls = None
    with suppress(Exception):
        tls = stream.get_extra_info("ssl_object")
    if tls is not None:
        set_tls(connection, tls)


_HANDLERS: dict[str, Callable[[Trace, Any], None]] = {
    "connection.connect_tcp.started": Trace.on_phase,
    "connection.connect_tcp.complete": Trace.on_connected,
    "connection.connect_unix_socket.started": Trace.on_phase,
    "connection.connect_unix_socket.complete": Trace.on_connected,
    "connection.start_tls.started": Trace.on_phase,
    "connection.start_tls.complete": Trace.on_tls,
    "proxy.start_tls.started": Trace.on_phase,
    "proxy.start_tls.complete": Trace.on_tls,
    "socks.connect_tcp.started": Trace.on_phase,
    "socks.connect_tcp.complete": Trace.on_connected,
    "socks.start_tls.started": Trace.on_phase,
    "socks.start_tls.complete": Trace.on_tls,
    "http11.send_request_headers.started": Trace.on_head,
    "http2.send_request_headers.started": Trace.on_head,
    "http2.send_request_headers.complete": Trace.on_head_sent,
}
