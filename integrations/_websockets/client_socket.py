"""One WebSocket of the library websocket-client, from its first handshake to its end."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextvars import ContextVar
from time import monotonic_ns
from typing import Any

from ...channels import Stack, capture_stack
from ...channels.socket_exchange import ABNORMAL, NO_STATUS, SocketExchange
from ..sockets import connection_of

_CLOSE = 8
_SWITCHING_PROTOCOLS = 101

# What the functions that shake hands belong to: they do not get the WebSocket.
current: ContextVar[Opening | None] = ContextVar("tapscope_websocket_client", default=None)


class Opening:
    """A call of ``connect``, which may take several handshakes, as with redirects.

    Attributes:
        socket: That of the handshake that goes on.
    """

    def __init__(self, url: str) -> None:
        self.socket: SocketExchange | None = None
        self._url = url
        self._at: int | None = monotonic_ns()
        self._stack: Stack = capture_stack(2)

    def asking(self, url: str, lines: list[str]) -> None:
        """Publish that a handshake is about to be sent, whose head has these *lines*."""
        headers = [(name, value.lstrip()) for name, _, value in map(_parted, lines[1:]) if name]
        self.socket = SocketExchange.connecting(url, headers, self._at, self._stack)
        self._at = None

    def answered(self, sock: Any, response: Any) -> None:
        """Publish the answer to the handshake."""
        if self.socket is not None:
            headers = list(response.headers.items())
            connection = connection_of(sock)
            self.socket.opened(response.status, "", headers, response.subprotocol, connection)
            if response.status != _SWITCHING_PROTOCOLS:
                self.socket.close(ABNORMAL, clean=False)

    def failed(self, error: BaseException) -> None:
        """Publish that no WebSocket comes of it, because of *error*."""
        if self.socket is None or self.socket.ended:
            self.asking(self._url, [])
        if self.socket is not None:
            status = getattr(error, "status_code", None)
            if status is not None:
                headers: Mapping[str, str] = getattr(error, "resp_headers", None) or {}
                self.socket.opened(status, "", list(headers.items()))
            self.socket.fail(error)


class OpenSocket:
    """A WebSocket whose handshake is done.

    Attributes:
        socket: What is published of it.
    """

    def __init__(self, socket: SocketExchange) -> None:
        self.socket = socket
        self._closes: dict[bool, tuple[int, str]] = {}

    def frame(self, frame: Any, *, sent: bool) -> None:
        """Publish a frame that is about to leave or has come."""
        data = frame.data
        if frame.opcode == _CLOSE:
            self._closes.setdefault(sent, _close(data))
        length = len(data.encode() if isinstance(data, str) else data)
        self.socket.frame(
            frame.opcode, data, sent=sent, final=bool(frame.fin), encoded_length=length
        )

    def ended(self, error: BaseException | None = None) -> None:
        """Publish the end, perhaps because of an *error* that is more than a lost connection."""
        if error is not None:
            self.socket.fail(error)
        else:
            code, reason = self._closes.get(False) or self._closes.get(True) or (ABNORMAL, "")
            self.socket.close(code, reason, clean=len(self._closes) == len((True, False)))


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _close(data: bytes) -> tuple[int, str]:
    if len(data) < struct.calcsize("!H"):
        return NO_STATUS, ""
    return struct.unpack("!H", data[:2])[0], data[2:].decode("utf-8", "replace")
