"""What happens on a WebSocket: the lifecycles ``websocket.client`` and ``websocket.server``.

Times are nanoseconds of :func:`time.monotonic_ns`.  Events are shared by all
subscribers and must not be changed.
"""

from __future__ import annotations

import attrs

from ._lifecycle import Lifecycle, lifecycle
from ._stack import Stack
from .http import Connection, Headers


@attrs.define(eq=False)
class SocketOpening:
    """A client is about to send its handshake, or a server has received one.

    Attributes:
        id: Unique in this process; the same on every event of one socket.
        at: When that was, in nanoseconds.
        url: Absolute, ``ws:`` or ``wss:``, with query.
        headers: Of the handshake's request, as on the wire; the library's, and read only.
        stack: Where the program asked for it; on a server, where it is handled.
        thread: The name of the thread it runs in.
        parent: The exchange that caused this one, if that is known.
    """

    id: int
    at: int
    url: str
    headers: Headers
    stack: Stack
    thread: str
    parent: int | None = None


@attrs.define(eq=False)
class SocketOpened:
    """The handshake is answered; after a status other than 101 there is no socket.

    Attributes:
        id: The socket's.
        at: When the last byte of the answer's head was read or written, in nanoseconds.
        status: The answer's status.
        reason: Its reason phrase; empty where there is none.
        headers: The answer's, as on the wire; the library's, and read only.
        subprotocol: The one agreed on, if any.
        connection: What carries it, if the library can tell.
    """

    id: int
    at: int
    status: int
    reason: str
    headers: Headers
    subprotocol: str | None = None
    connection: Connection | None = None


@attrs.define(eq=False)
class Frame:
    """One frame, or one message where the library tells no frames.

    Attributes:
        id: The socket's.
        at: When it was handed over or read, in nanoseconds.
        opcode: RFC 6455's: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.
        data: The payload, unmasked and decompressed; text where the library has
            text.  The program's own object, not a copy.
        sent: True for what this process sent.
        final: Whether it ends its message.
        encoded_length: Bytes of the payload on the wire; ``None`` if the library can't tell.
    """

    id: int
    at: int
    opcode: int
    data: bytes | str
    sent: bool
    final: bool = True
    encoded_length: int | None = None


@attrs.define(eq=False)
class SocketClosed:
    """The socket is closed, in order or not.

    Attributes:
        id: The socket's.
        at: When that was, in nanoseconds.
        code: The close code received, or sent if none was; 1005 and 1006 as RFC 6455 has them.
        reason: The close reason; empty where there is none.
        clean: Whether both sides sent a close frame.
    """

    id: int
    at: int
    code: int
    reason: str = ""
    clean: bool = True


@attrs.define(eq=False)
class SocketFailed:
    """The handshake or the socket ended with an error.

    Attributes:
        id: The socket's.
        at: When that was, in nanoseconds.
        error: What was raised; the program gets that very exception.
    """

    id: int
    at: int
    error: BaseException


client: Lifecycle[SocketOpening, SocketOpened, Frame, SocketClosed, SocketFailed]
client = lifecycle(
    "websocket.client",
    start=SocketOpening,
    headers=SocketOpened,
    body_chunk=Frame,
    finish=SocketClosed,
    error=SocketFailed,
)
"""Sockets that this process opens."""

server: Lifecycle[SocketOpening, SocketOpened, Frame, SocketClosed, SocketFailed]
server = lifecycle(
    "websocket.server",
    start=SocketOpening,
    headers=SocketOpened,
    body_chunk=Frame,
    finish=SocketClosed,
    error=SocketFailed,
)
"""Sockets that this process accepts."""
