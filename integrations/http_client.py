"""http.client: requests and responses, for all that is built on it.

urllib.request, urllib3 (1 and 2), requests and pip all end here, so this is
where the real header lines, the bytes of the bodies and the times are seen.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import sys
from collections.abc import Callable
from typing import Any

from ..channels.exchange import ClientExchange
from ..channels.http import Connection, client
from ..channels.urls import without_credentials
from . import sockets
from ._patch import Undo, hide_us, patch, report, undo_all
from ._sending import Sending
from .sockets import connection_of

# An attribute of the connection.  It is not reached by way of __dict__, as an
# instance that was once asked for its __dict__ is slow in all its attributes; nor
# by setattr(), which looks it up by name.
_SENDING = "_tapscope_sending"


def install() -> Undo:
    """Hook ``http.client`` and what it stands on."""
    return undo_all([sockets.install(), hook()])


def hook(_library: str = "http.client") -> Undo:
    """Hook ``http.client`` alone."""
    connection = http.client.HTTPConnection
    return undo_all(
        [
            patch(connection, "endheaders", _wrap_endheaders),
            patch(connection, "send", _wrap_send),
            patch(connection, "getresponse", _wrap_getresponse),
            patch(connection, "close", _wrap_close),
        ]
    )


def is_sending(connection: Any) -> bool:
    """Whether a request of *connection* is published and has no response yet."""
    return getattr(connection, _SENDING, None) is not None


def _wrap_endheaders(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def endheaders(self: Any, message_body: Any = None, *, encode_chunked: bool = False) -> Any:
        sending = _start(self) if client.start.has_subscribers else None
        try:
            return original(self, message_body, encode_chunked=encode_chunked)
        except BaseException as error:
            if sending is not None:
                sending.broke(error, self)
            hide_us(error)
            raise

    return endheaders


def _wrap_send(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def send(self: Any, data: Any) -> Any:
        sending: Sending | None = getattr(self, _SENDING, None)
        try:
            if sending is None:
                return original(self, data)
            return sending.send(original, self, data)
        except BaseException as error:
            hide_us(error)
            raise

    return send


def _wrap_getresponse(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def getresponse(self: Any) -> Any:
        sending: Sending | None = getattr(self, _SENDING, None)
        if sending is not None:
            # Taken away, since the connection may be closed in there.
            self._tapscope_sending = None
        try:
            response = original(self)
        except BaseException as error:
            if sending is not None:
                _unanswered(self, sending, error)
            hide_us(error)
            raise
        if sending is not None:
            try:
                sending.answered(response)
            except Exception:
                report("http.client")
        return response

    return getresponse


def _wrap_close(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def close(self: Any) -> Any:
        sending: Sending | None = getattr(self, _SENDING, None)
        if sending is not None:
            self._tapscope_sending = None
            # A client that gives up closes the connection while its error is on the way.
            sending.abandon(sys.exc_info()[1])
        try:
            return original(self)
        except BaseException as error:
            hide_us(error)
            raise

    return close


def _unanswered(connection: Any, sending: Sending, error: BaseException) -> None:
    if isinstance(error, http.client.ResponseNotReady):
        connection._tapscope_sending = sending  # noqa: SLF001
    else:
        sending.stop()
        sending.exchange.fail(error)


def head_of(lines: list[bytes], /) -> tuple[str, str, list[tuple[bytes, bytes]]]:
    """Give the method and the target in a request's first line, and the fields in the others."""
    method, target, *_ = lines[0].decode("latin-1").split(" ", 2)
    parted = [line.partition(b": ") for line in lines[1:]]
    return method, target, [(name, value) for name, _, value in parted]


# Where there was no compiler, all is the same but for the time.
with contextlib.suppress(ImportError):
    from ._wire import head_of as head_of  # noqa: PLC0414  # exported


def _start(connection: Any) -> Sending | None:
    """Publish the start of the request whose head is waiting in the connection's buffer."""
    try:
        lines = connection._buffer  # noqa: SLF001  # the only place with the header lines
        if not lines:
            return None
        method, target, headers = head_of(lines)
        opened, at = _opened(connection)
        exchange = ClientExchange.start(method, _url(connection, method, target), headers, at)
        sending = Sending(exchange, headers, opened)
        connection._tapscope_sending = sending  # noqa: SLF001
    except Exception:
        report("http.client")
        return None
    return sending


def _url(connection: Any, method: str, target: str) -> str:
    if target.startswith(("http://", "https://")):
        return without_credentials(target)
    if method == "CONNECT":
        return f"{_scheme(connection.default_port)}://{target}"
    host, port = connection.host, connection.port
    if connection._tunnel_host:  # noqa: SLF001  # set_tunnel() has no other trace
        host, port = connection._tunnel_host, connection._tunnel_port  # noqa: SLF001
    return _origin(connection.default_port, host, port) + target


# A connection asks for the same again and again.
@functools.lru_cache(maxsize=64)
def _origin(default_port: int, host: str, port: int) -> str:
    # urllib.request takes a user name and password for a part of the host.
    host = host.rpartition("@")[2]
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    origin = f"{_scheme(default_port)}://{host}"
    return origin if port == default_port else f"{origin}:{port}"


def _scheme(default_port: int) -> str:
    return "https" if default_port == http.client.HTTPS_PORT else "http"


def _opened(connection: Any) -> tuple[Connection | None, int | None]:
    """Give the record of what is already open, and since when, if that was for this request."""
    sock = connection.sock
    if sock is None:
        return None, None
    opened = connection_of(sock)
    opened.used += 1
    if opened.used > 1:
        return opened, None
    return opened, opened.dns_start or opened.connect_start
