"""What happens to an HTTP request: the lifecycles ``http.client`` and ``http.server``.

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


@attrs.frozen(eq=False)
class Security:
    """What the ends of a TLS connection agreed on, and whom the peer's certificate names.

    Attributes:
        cipher: As OpenSSL calls it, ``"TLS_AES_256_GCM_SHA384"``.
        verified: Whether the certificate was checked; of one that was not, only *certificate*
            is known.
        subject: The name it is for.
        issuer: The name of who signed it.
        names: Hosts and addresses it is good for, the first of very many.
        valid_from: Seconds since 1970.
        valid_to: Seconds since 1970.
        certificate: One that was not checked, as the peer sent it (DER), if the library has it.
    """

    cipher: str
    verified: bool
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    valid_from: int = 0
    valid_to: int = 0
    certificate: bytes = b""


@attrs.define(eq=False)
class Connection:
    """A transport connection, one object for all the exchanges it carries.

    The times are ``None`` where the library can't tell them, or where there
    was no such phase.

    Attributes:
        id: Unique in this process, from 1.
        remote_address: The peer's IP address; of the proxy, if there is one.
        remote_port: The peer's port.
        dns_start: When the name was to be looked up, in nanoseconds.
        dns_end: When its address was there.
        connect_start: When the transport was to be opened, in nanoseconds.
        connect_end: When it could be used, TLS included.
        tls_start: When the TLS handshake began, in nanoseconds.
        tls_end: When it was done.
        tls: The protocol agreed on, ``"TLSv1.3"``; ``None`` without TLS.
        used: How many exchanges it has carried, the present one included.
        security: More about TLS; ``None`` without it, and where the library can't tell.
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
    security: Security | None = None


@attrs.define(eq=False)
class RequestStarted:
    """A client is about to send a request.

    Attributes:
        id: Unique in this process; the same on every event of one exchange.
        at: When the client began, in nanoseconds; a new connection is opened after this.
        method: As on the wire.
        url: Absolute, with query, without fragment.
        headers: As they go on the wire, so with those the library added; the library's
            own object, to be read only.
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
        id: The exchange's.
        at: When its last byte was read, in nanoseconds.
        status: The status code.
        reason: The reason phrase; empty where the protocol has none.
        protocol: ``"http/1.0"``, ``"http/1.1"`` or ``"h2"``.
        headers: As they came on the wire; the library's own object, to be read only.
        connection: What carried it, if the library can tell.
        reused: Whether an earlier exchange used that connection.
        send_start: When the first byte of the request left, in nanoseconds.
        send_end: When the last byte of the request left, in nanoseconds.
        from_cache: Whether the program's own cache gave it, and nothing was sent.
        early_hints: The headers of the responses 103 that came before it, if the library can tell.
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
    from_cache: bool = False
    early_hints: Headers = ()


@attrs.define(eq=False)
class BodyChunk:
    """A piece of a body, as the program handed it over or read it.

    Attributes:
        id: The exchange's.
        at: When it was handed over or read, in nanoseconds.
        data: Without transfer coding (chunk sizes), with content coding (gzip); the
            program's own bytes, not a copy.
        sent: True for what this process sent: a client's request, a server's response.
    """

    id: int
    at: int
    data: bytes
    sent: bool


@attrs.define(eq=False)
class ExchangeFinished:
    """The program is done with the response.

    Attributes:
        id: The exchange's.
        at: When that was, in nanoseconds.
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
    """The exchange ended with an error.

    Attributes:
        id: The exchange's.
        at: When that was, in nanoseconds.
        error: What was raised; the program gets that very exception.
    """

    id: int
    at: int
    error: BaseException


@attrs.define(eq=False)
class RequestReceived:
    """A server has received the head of a request.

    Attributes:
        id: Unique in this process; the same on every event of one exchange.
        at: When its last byte was read, in nanoseconds.
        method: As on the wire.
        url: Absolute, with query; its host is the Host header's, as the client sent it.
        headers: As on the wire; the server's, and read only.
        protocol: ``"http/1.0"``, ``"http/1.1"``, ``"h2"`` or ``"h3"``.
        thread: The name of the thread that handles it.
        stack: Where it is handled, if that tells more than the server's own loop.
        connection: What carried it, if the server can tell; its remote address is the client's.
        endpoint: What of the program answers it, as a dotted name, once that is known.
        parent: The exchange that caused this one, if that is known.
    """

    id: int
    at: int
    method: str
    url: str
    headers: Headers
    protocol: str
    thread: str
    stack: Stack = ()
    connection: Connection | None = None
    endpoint: str | None = None
    parent: int | None = None


@attrs.define(eq=False)
class ResponseSent:
    """A server has sent the head of its response.

    Attributes:
        id: The exchange's.
        at: When it was handed to the server, in nanoseconds.
        status: The status code.
        reason: The reason phrase; empty where the protocol has none.
        headers: As the program gave them; the program's, and read only.
        endpoint: What of the program answered, as a dotted name, if that is known.
    """

    id: int
    at: int
    status: int
    reason: str
    headers: Headers
    endpoint: str | None = None


client: Lifecycle[RequestStarted, ResponseStarted, BodyChunk, ExchangeFinished, ExchangeFailed]
client = lifecycle(
    "http.client",
    start=RequestStarted,
    headers=ResponseStarted,
    body_chunk=BodyChunk,
    finish=ExchangeFinished,
    error=ExchangeFailed,
)
"""Requests that this process sends."""

server: Lifecycle[RequestReceived, ResponseSent, BodyChunk, ExchangeFinished, ExchangeFailed]
server = lifecycle(
    "http.server",
    start=RequestReceived,
    headers=ResponseSent,
    body_chunk=BodyChunk,
    finish=ExchangeFinished,
    error=ExchangeFailed,
)
"""Requests that this process answers."""
