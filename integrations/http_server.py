"""http.server: programs that answer by a request handler of the standard library's.

The handler's files are wrapped for the time of one request: what it reads of
one is the request's body, what it writes to the other the response.
"""

from __future__ import annotations

import functools
import http.server
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any

from ..channels.http import server
from ..channels.serving import ResponseIncomplete, ServerExchange
from ._chunked import ChunkedSplitter
from ._patch import Undo, hide_us, patch, report, undo_all
from ._telling import tell
from ._wsgi.input import WatchedInput
from ._wsgi.request import Wire, receive

_HANDLING = "_tapscope_handling"


def hook(_library: str = "http.server") -> Undo:
    """Hook the handlers of ``http.server``, but for those that call WSGI applications."""
    handler = http.server.BaseHTTPRequestHandler
    return undo_all(
        [
            patch(handler, "handle_one_request", _wrap_handle_one_request),
            patch(handler, "parse_request", _wrap_parse_request),
            patch(handler, "flush_headers", _wrap_flush_headers),
        ]
    )


install = hook
"""Stands on nothing else."""


def _wrap_handle_one_request(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_one_request(self: Any) -> Any:
        # Werkzeug's handler is one of these too.
        if not server.start.has_subscribers or hasattr(self, "run_wsgi"):
            return original(self)
        handling = _Handling(self)
        setattr(self, _HANDLING, handling)
        try:
            return original(self)
        except BaseException as error:
            handling.end(error)
            hide_us(error)
            raise
        finally:
            handling.end(None)
            delattr(self, _HANDLING)

    return handle_one_request


def _wrap_parse_request(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def parse_request(self: Any) -> Any:
        try:
            parsed = original(self)
        except BaseException as error:
            hide_us(error)
            raise
        handling: _Handling | None = getattr(self, _HANDLING, None)
        if parsed and handling is not None:
            handling.begin()
        return parsed

    return parse_request


def _wrap_flush_headers(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def flush_headers(self: Any) -> Any:
        handling: _Handling | None = getattr(self, _HANDLING, None)
        lines: list[bytes] = getattr(self, "_headers_buffer", [])
        try:
            if handling is None or not lines:
                return original(self)
            with handling.sending_head(lines):
                return original(self)
        except BaseException as error:
            hide_us(error)
            raise

    return flush_headers


class _Handling:
    """A handler and the request it is at."""

    __slots__ = ("_bodiless", "_chunks", "_files", "_handler", "_in_head", "exchange")

    def __init__(self, handler: Any) -> None:
        self._handler = handler
        self.exchange: ServerExchange | None = None
        self._files: tuple[Any, Any] | None = None
        self._in_head = False
        self._bodiless = False
        self._chunks: ChunkedSplitter | None = None

    def begin(self) -> None:
        """Publish the request, whose head has been read."""
        handler = self._handler
        try:
            exchange = receive(_environ(handler), handler, Wire.of(handler), from_outside=True)
        except Exception:
            report("http.server")
            return
        if exchange is not None:
            self.exchange = exchange
            self._files = handler.rfile, handler.wfile
            handler.rfile = WatchedInput(handler.rfile, exchange)
            handler.wfile = _WatchedOutput(handler.wfile, self)
            exchange.enter()

    @contextmanager
    def sending_head(self, lines: list[bytes]) -> Generator[None]:
        """Publish the head of the response, in *lines*, which is written meanwhile."""
        self._in_head = True
        tell("http.server", self._publish_head, b"".join(lines).split(b"\r\n"))
        try:
            yield
        finally:
            self._in_head = False

    def wrote(self, data: Any) -> None:
        """Publish *data* if it belongs to the body."""
        exchange = self.exchange
        if self._in_head or self._bodiless or exchange is None:
            return
        try:
            piece = bytes(data)
            exchange.sent(piece if self._chunks is None else self._chunks.feed(piece))
        except Exception:
            report("http.server")

    def end(self, error: BaseException | None) -> None:
        """Publish that the handler is done; a second call does nothing."""
        exchange, self.exchange = self.exchange, None
        if exchange is None or self._files is None:
            return
        self._handler.rfile, self._handler.wfile = self._files
        exchange.leave()
        if error is not None:
            exchange.fail(error)
        elif exchange.answered:
            exchange.finish()
        else:
            exchange.fail(ResponseIncomplete("the handler has sent no response"))

    def _publish_head(self, lines: list[bytes]) -> None:
        _, status, reason = lines[0].decode("latin-1").split(" ", 2)
        # An interim response comes before the real one.
        if self.exchange is None or status in {"100", "102", "103"}:
            return
        pairs = [line.partition(b": ") for line in lines[1:] if line]
        headers = [(name, value) for name, _, value in pairs]
        self.exchange.responded(int(status), reason, headers)
        self._bodiless = self._handler.command == "HEAD" or int(status) in {204, 304}
        if any(name.lower() == b"transfer-encoding" for name, _ in headers):
            self._chunks = ChunkedSplitter()


class _WatchedOutput:
    """The file that a handler writes to: writes to the real one and publishes what was written."""

    __slots__ = ("__weakref__", "_file", "_handling")

    def __init__(self, file: Any, handling: _Handling) -> None:
        self._file = file
        self._handling = handling

    def write(self, data: Any) -> Any:
        try:
            count = self._file.write(data)
        except BaseException as error:
            hide_us(error)
            raise
        self._handling.wrote(data)
        return count

    def writelines(self, lines: Iterable[Any]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    @property  # type: ignore[misc]  # a class is an attribute elsewhere; isinstance() asks it
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._file.__class__


def _environ(handler: Any) -> dict[str, Any]:
    """Give what the handler knows in the words of WSGI."""
    address = handler.server.server_address
    is_tls = hasattr(handler.connection, "getpeercert")
    return {
        "REQUEST_METHOD": handler.command,
        "SERVER_PROTOCOL": handler.request_version,
        "HTTP_HOST": handler.headers.get("Host"),
        "SERVER_NAME": address[0],
        "SERVER_PORT": address[1],
        "REMOTE_ADDR": handler.client_address[0],
        "wsgi.url_scheme": "https" if is_tls else "http",
        "werkzeug.socket": handler.connection,
    }
