"""One WebSocket of the library wsproto, from its events to ours."""

from __future__ import annotations

import struct
import sys
from typing import Any, TypeAlias

from ...channels.socket_exchange import ABNORMAL, NO_STATUS, SocketExchange

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

_SWITCHING_PROTOCOLS = 101
# An attribute of the library's objects.
_SOCKET = "_tapscope_socket"

_Headers: TypeAlias = list[tuple[bytes, bytes]]


class WatchedSocket:
    """What is published of one WebSocket, and which sides have sent a close frame.

    Attributes:
        exchange: What publishes it.
        head: What a client has received before its handshake was done.
    """

    __slots__ = ("_closes", "_continued", "exchange", "head")

    def __init__(self, exchange: SocketExchange) -> None:
        self.exchange = exchange
        self.head = bytearray()
        self._closes: dict[bool, tuple[int, str]] = {}
        # By whether they were sent: whether the next piece goes on with a message.
        self._continued = {True: False, False: False}

    def event(self, event: Any, *, sent: bool) -> None:
        """Publish an event of wsproto that is a frame, and the end once both sides have closed."""
        kind = type(event).__name__
        if kind in {"TextMessage", "BytesMessage", "Message"}:
            self._message(event, sent=sent)
        elif kind in {"Ping", "Pong"}:
            opcode = PING if kind == "Ping" else PONG
            self.exchange.frame(opcode, bytes(event.payload), sent=sent)
        elif kind == "CloseConnection":
            self._close(int(event.code), event.reason or "", sent=sent)

    def answered(self, status: int, reason: str, headers: _Headers, subprotocol: Any) -> None:
        """Publish the answer to the handshake, which may be a refusal."""
        self.exchange.opened(status, reason, headers, subprotocol)
        if status != _SWITCHING_PROTOCOLS:
            self.ended()

    def ended(self) -> None:
        """Publish the end, if it is not published yet."""
        code, reason = self._closes.get(False) or self._closes.get(True) or (ABNORMAL, "")
        self.exchange.close(code, reason, clean=len(self._closes) == len((True, False)))

    def _message(self, event: Any, *, sent: bool) -> None:
        opcode = TEXT if isinstance(event.data, str) else BINARY
        data = event.data if isinstance(event.data, str) else bytes(event.data)
        final = bool(event.message_finished)
        opcode = 0 if self._continued[sent] else opcode
        self._continued[sent] = not final
        self.exchange.frame(opcode, data, sent=sent, final=final)

    def _close(self, code: int, reason: str, *, sent: bool) -> None:
        # It says so if the connection was lost, without a frame.
        if code != ABNORMAL:
            payload = b"" if code == NO_STATUS else struct.pack("!H", code) + reason.encode()
            self.exchange.frame(CLOSE, payload, sent=sent)
            self._closes.setdefault(sent, (code, reason))
        if code == ABNORMAL or len(self._closes) == len((True, False)):
            self.ended()

    def __del__(self) -> None:
        # Most libraries let go of a connection that is lost, and say nothing to wsproto.
        if not self.exchange.ended and not sys.is_finalizing():
            self.ended()


def socket_of(owner: Any) -> WatchedSocket | None:
    """Give what is published of an object of wsproto, if anything is."""
    socket: WatchedSocket | None = getattr(owner, _SOCKET, None)
    return socket


def attach(owner: Any, socket: WatchedSocket | None) -> None:
    """Have *socket* published as *owner*, an object of wsproto, goes on."""
    if socket is not None:
        setattr(owner, _SOCKET, socket)


def head_of(data: bytes) -> tuple[str, _Headers]:
    """Give the first line and the headers of a head, as it goes on the wire."""
    first, *lines = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    parted = (line.partition(b":") for line in lines)
    return first.decode("latin-1"), [(name, value.strip()) for name, _, value in parted]


def headers_of(request: Any) -> _Headers:
    """Give the headers of a request that wsproto has read; it takes some of them out."""
    headers: _Headers = [(b"host", request.host.encode()), *request.extra_headers]
    for name, values in (
        (b"sec-websocket-extensions", request.extensions),
        (b"sec-websocket-protocol", request.subprotocols),
    ):
        if values:
            headers.append((name, ", ".join(map(str, values)).encode()))
    return headers
