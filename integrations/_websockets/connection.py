"""What carries a WebSocket of the library ``websockets``: whether by TLS, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import ref

import attrs

from ...channels.exchange import new_connection
from ...channels.http import Connection
from ..sockets import connection_of

# An attribute of the sans-I/O protocol, which knows nothing of its connection.
_CARRIER = "_tapscope_carrier"


@attrs.define(eq=False)
class Carrier:
    """What is known of the connection that a protocol speaks on.

    Attributes:
        connection: The record for the events.
        owner: Gives the library's own object for the connection, while there is one.
        cause: The error that the connection was lost by.
    """

    connection: Connection
    owner: Callable[[], object]
    cause: BaseException | None = None

    def failure(self) -> BaseException | None:
        """Give the error of the network that it has ended with, as far as that is known by now."""
        owner = self.owner()
        # Its name before websockets 17, and since.
        noted = getattr(owner, "recv_exc", None) or getattr(owner, "connection_exc", None)
        error = self.cause or noted
        return error if isinstance(error, OSError) else None


def carrier_of(protocol: Any) -> Carrier | None:
    """Give what carries *protocol*; ``None`` if no connection that is hooked does."""
    carrier: Carrier | None = getattr(protocol, _CARRIER, None)
    return carrier


def carried_by_transport(owner: Any, protocol: Any, transport: Any) -> None:
    """Take note that *protocol* speaks on a *transport* of asyncio."""
    tls = transport.get_extra_info("ssl_object")
    _carry(owner, protocol, transport.get_extra_info("peername"), tls)


def carried_by_socket(owner: Any, protocol: Any, sock: Any) -> None:
    """Take note that *protocol* speaks on a socket."""
    setattr(protocol, _CARRIER, Carrier(connection_of(sock), ref(owner)))


def carried_by_stream(owner: Any, protocol: Any, stream: Any) -> None:
    """Take note that *protocol* speaks on a *stream* of trio."""
    plain = getattr(stream, "transport_stream", None)
    sock = getattr(plain or stream, "socket", None)
    _carry(owner, protocol, sock.getpeername() if sock else None, stream if plain else None)


def _carry(owner: Any, protocol: Any, peer: Any, tls: Any) -> None:
    connection = new_connection()
    if tls is not None:
        connection.tls = "TLS"
        # One of trio may not have shaken hands yet.
        with suppress(Exception):
            connection.tls = tls.version()
    with suppress(Exception):
        connection.remote_address, connection.remote_port = str(peer[0]), int(peer[1])
    setattr(protocol, _CARRIER, Carrier(connection, ref(owner)))
