"""A request on its way through ``http.client``, until its response has arrived."""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Callable, Iterator
from io import TextIOBase
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, TypeAlias

from ..channels.exchange import ClientExchange
from ..channels.http import Connection
from ._body import watch_body
from ._chunked import ChunkedSplitter
from ._patch import report
from .sockets import connection_of

# After one of these a client may still read the answer of a server that has
# heard enough; urllib3 does.
_HANG_UPS = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})

_PROTOCOLS = {9: "http/0.9", 10: "http/1.0", 11: "http/1.1"}

_Headers: TypeAlias = list[tuple[bytes, bytes]]


class Head:
    """A request whose head is on its way; the most common way to send it."""

    __slots__ = (
        "_answered",
        "_chunks",
        "_connecting",
        "_error",
        "_headers",
        "connection",
        "exchange",
        "send_end",
        "send_start",
    )

    def __init__(
        self, exchange: ClientExchange, headers: _Headers, connection: Connection | None, /
    ) -> None:
        self.exchange = exchange
        self.connection: Connection | None = connection
        self.send_start: int | None = None
        self.send_end: int | None = None
        self._headers: _Headers = headers
        self._chunks: ChunkedSplitter | None = None
        self._connecting = self._answered = False
        self._error: BaseException | None = None

    def send(self, original: Callable[..., Any], connection: Any, data: Any, /) -> Any:
        """Send *data*; the head of the request comes first, and opens the connection."""
        return self._send(original, connection, data)

    def _send(self, original: Callable[..., Any], connection: Any, data: Any) -> Any:
        raise NotImplementedError

    def _left(self) -> None:
        raise NotImplementedError

    def __del__(self) -> None:
        if not self._answered:
            self._left()


# Where there was no compiler, all is the same but for the time.
if not TYPE_CHECKING:
    with contextlib.suppress(ImportError):
        from ._wire import Head


class Sending(Head):
    """A request from its first byte until its response has arrived."""

    __slots__ = ()

    def _send(self, original: Callable[..., Any], connection: Any, data: Any) -> Any:
        if self.send_start is not None:
            return self._send_body(original, connection, data)
        if self.connection is not None:
            self.send_start = monotonic_ns()
            result = original(connection, data)
        elif self._connecting:
            # What is sent while the connection is being opened is for the proxy.
            return original(connection, data)
        else:
            result = self._connect_and_send(original, connection, data)
        self.send_end = monotonic_ns()
        # Some clients (botocore) add the body to the head.
        if type(data) is bytes and (end := data.find(b"\r\n\r\n") + 4) < len(data):
            self._watched(data[end:])
        return result

    def _send_body(self, original: Callable[..., Any], connection: Any, data: Any) -> Any:
        try:
            result = original(connection, self._watched(data))
        except BaseException as error:
            self.broke(error, connection)
            raise
        self.send_end = monotonic_ns()
        return result

    def _connect_and_send(self, original: Callable[..., Any], connection: Any, data: Any) -> Any:
        self._connecting = True
        start = monotonic_ns()
        result = original(connection, data)
        self._connecting = False
        self.connection = opened = connection_of(connection.sock)
        opened.used += 1
        self.send_start = opened.tls_end or opened.connect_end or start
        return result

    def _watched(self, data: Any) -> Any:
        """Publish *data*, or give what sends the same and is published on its way."""
        if self._headers:
            self._chunks = ChunkedSplitter() if _is_chunked(self._headers) else None
            self._headers = []
        if type(data) is bytes:
            self._sent(data)
        elif hasattr(data, "read"):
            return _WatchedFile(data, self._sent)
        elif not isinstance(data, str):
            try:
                self._sent(bytes(memoryview(data)))
            except TypeError:
                return self._watched_pieces(data)
        return data

    def _watched_pieces(self, data: Any) -> Any:
        def watched() -> Iterator[Any]:
            for piece in data:
                yield piece
                self._sent(piece)

        # Nothing else is iterated over by http.client.
        return watched() if hasattr(data, "__iter__") else data

    def _sent(self, data: Any) -> None:
        try:
            copy = data if type(data) is bytes else bytes(data)
            self.exchange.sent(copy if self._chunks is None else self._chunks.feed(copy))
        except Exception:
            report("http.client")

    def broke(self, error: BaseException, connection: Any) -> None:
        """Note that sending raised *error*, which need not be the end."""
        if isinstance(error, OSError) and error.errno in _HANG_UPS and connection.sock is not None:
            self._error = error
        else:
            self.exchange.fail(error)

    def answered(self, response: Any) -> None:
        """Publish the head of *response*, and have its body published as it is read."""
        self._answered = True
        self.exchange.responded(
            response.status,
            response.reason,
            _PROTOCOLS.get(response.version, "http/1.1"),
            list(response.headers.raw_items()),
            self.connection,
            self.send_start,
            self.send_end,
        )
        watch_body(response, self.exchange)

    def stop(self) -> None:
        """Leave the rest to somebody else."""
        self._answered = True
        self._error = None

    def abandon(self, error: BaseException | None) -> None:
        """End the exchange, as nobody is going to read a response, perhaps because of *error*."""
        error = self._error or error
        self.stop()
        if error is not None:
            self.exchange.fail(error)
        else:
            self.exchange.finish(complete=False)

    def _left(self) -> None:
        if not sys.is_finalizing():
            self.abandon(None)


class _WatchedFile:
    """A file-like request body, read by ``http.client`` block by block."""

    def __init__(self, file: Any, sent: Callable[[Any], None]) -> None:
        self._file = file
        self._sent = sent

    def read(self, size: int = -1) -> Any:
        data = self._file.read(size)
        # http.client does this for a text file, but takes us for a binary one.
        if isinstance(self._file, TextIOBase):
            data = data.encode("iso-8859-1")
        if data:
            self._sent(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _is_chunked(headers: _Headers) -> bool:
    return any(
        name.lower() == b"transfer-encoding" and value.lower() == b"chunked"
        for name, value in headers
    )
