"""What happens to an outgoing HTTP request: the lifecycle ``http.client``.

Times are nanoseconds of :func:`time.monotonic_ns`.  Events are shared by all
subscribers and must not be changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from ._lifecycle import Lifecycle, lifecycle
from ._stack import Stack

Headers: TypeAlias = Sequence[tuple[bytes, bytes]] | Sequence[tuple[str, str]]
"""Names and values in the order and case of the wire; bytes where the library has bytes."""


@attrs.define(eq=False)
class Connection:
    """A transport connection, one object for all the exchanges it carries.

    The times are ``None`` where the library can't tell them, or where there
    was no such phase.

    Attributes:
        id: Unique in this process, from 1.
        remote_address: The peer's IP address; of the proxy, if there is one.
        remote_port: The peer's port.
        tls: The protocol agreed on, ``"TLSv1.3"``; ``None`` without TLS.
        used: How many exchanges it has carried, the present one included.
    """

    id: int
    remote_address: str | None = None
    remote_port: int | None = None
    dns_start: int | None = None
    dns_end: int | None = None
    connect_start: int | None = None
    connect_end: int | None = None
    tls_start: int | None = None
    tls_end: int | None = None
    tls: str | None = None
    used: int = 0


@attrs.define(eq=False)
class RequestStarted:
    """A client is about to send a request.

    Attributes:
        id: Unique in this process; the same on every event of one exchange.
        at: When the client began; a new connection is opened after this.
        url: Absolute, with query, without fragment.
        headers: As they go on the wire, so with those the library added.
        stack: Where the program asked for it.
        thread: The name of the thread it runs in.
        parent: The exchange that caused this one, if that is known.
        redirected_from: The exchange whose redirect the library is following.
    """

    id: int
    at: int
    method: str
    url: str
    headers: Headers
    stack: Stack
    thread: str
    parent: int | None = None
    redirected_from: int | None = None


@attrs.define(eq=False)
class ResponseStarted:
    """The head of the response has arrived.

    Attributes:
        at: When its last byte was read.
        reason: The reason phrase; empty where the protocol has none.
        protocol: ``"http/1.0"``, ``"http/1.1"`` or ``"h2"``.
        connection: What carried it, if the library can tell.
        reused: Whether an earlier exchange used that connection.
        send_start: When the first byte of the request left.
        send_end: When the last byte of the request left.
    """

    id: int
    at: int
    status: int
    reason: str
    protocol: str
    headers: Headers
    connection: Connection | None = None
    reused: bool = False
    send_start: int | None = None
    send_end: int | None = None


@attrs.define(eq=False)
class BodyChunk:
    """A piece of a body, as the program handed it over or read it.

    Attributes:
        data: Without transfer coding (chunk sizes), with content coding (gzip).
        sent: True for the request's body, False for the response's.
    """

    id: int
    at: int
    data: bytes
    sent: bool


@attrs.define(eq=False)
class ExchangeFinished:
    """The program is done with the response.

    Attributes:
        encoded_length: Bytes of the response's body on the wire, transfer coding
            included; ``None`` if the library can't tell.
        complete: False if the program closed the response without reading it to its end.
    """

    id: int
    at: int
    encoded_length: int | None = None
    complete: bool = True


@attrs.define(eq=False)
class ExchangeFailed:
    """The exchange ended with an error; the program gets that very exception."""

    id: int
    at: int
    error: BaseException


client: Lifecycle[RequestStarted, ResponseStarted, BodyChunk, ExchangeFinished, ExchangeFailed]
client = lifecycle("http.client")
