"""The vocabulary of the link, version 1.

A message is one msgpack array: its number in :data:`MESSAGES`, then its fields
in order.  A class may gain fields at its end, and the table may gain classes at
its end, within one version; everything else is a new version.

Times are the sender's ``time.monotonic_ns()``; ``Hello.epoch`` anchors them.
"""

from __future__ import annotations

import attrs

from ...channels.http import Headers

VERSION = 1
MAGIC = b"tapscope-link/1\n"
"""The first bytes that a program sends."""
MAX_STACKS = 4096
"""How many of the stacks that it defined last a program may refer to."""


@attrs.frozen
class Hello:
    """The first message from a program or a keeper.

    Attributes:
        token: The link's secret.
        role: ``"program"``, or ``"keeper"``: someone who only keeps the host alive.
        title: What to call the process: its script or module, and arguments.
        folder: Its working directory, which relative file names start from.
        epoch: Nanoseconds since 1970 minus ``time.monotonic_ns()``, taken once.
        libraries: Folders of code that is not the program's own (the standard
            library, installed packages).
    """

    token: str
    role: str
    pid: int
    title: str = ""
    folder: str = ""
    epoch: int = 0
    libraries: tuple[str, ...] = ()


@attrs.frozen
class Frame:
    """One frame of a stack; *line* counts from 1, *column* from 0."""

    function: str
    filename: str
    line: int
    column: int


@attrs.frozen
class StackDefined:
    """A stack that later messages refer to by *id*; innermost frame first."""

    id: int
    frames: tuple[Frame, ...]


@attrs.frozen
class ConnectionInfo:
    """See :class:`tapscope.channels.http.Connection`, field by field."""

    id: int
    remote_address: str | None
    remote_port: int | None
    dns_start: int | None
    dns_end: int | None
    connect_start: int | None
    connect_end: int | None
    tls_start: int | None
    tls_end: int | None
    tls: str | None


@attrs.frozen
class RequestStarted:
    """See :class:`tapscope.channels.http.RequestStarted`; *stack* is a ``StackDefined.id``."""

    id: int
    at: int
    method: str
    url: str
    headers: Headers
    stack: int
    thread: str
    parent: int | None
    redirected_from: int | None


@attrs.frozen
class ResponseStarted:
    """See :class:`tapscope.channels.http.ResponseStarted`."""

    id: int
    at: int
    status: int
    reason: str
    protocol: str
    headers: Headers
    connection: ConnectionInfo | None
    reused: bool
    send_start: int | None
    send_end: int | None


@attrs.frozen
class BodyChunk:
    """See :class:`tapscope.channels.http.BodyChunk`; without *data* the tap had to drop it."""

    id: int
    at: int
    length: int
    data: bytes | None
    sent: bool


@attrs.frozen
class ExchangeFinished:
    """See :class:`tapscope.channels.http.ExchangeFinished`."""

    id: int
    at: int
    encoded_length: int | None
    complete: bool


@attrs.frozen
class ExchangeFailed:
    """An exchange's error: its class, its text, and whether it is a cancellation."""

    id: int
    at: int
    kind: str
    text: str
    canceled: bool


@attrs.frozen
class Dropped:
    """What the tap could not carry since the program started, in total."""

    exchanges: int
    body_bytes: int


@attrs.frozen
class Goodbye:
    """The program ends in order; nothing follows."""


@attrs.frozen
class Released:
    """From the host: a front end said ``Runtime.runIfWaitingForDebugger``."""


@attrs.frozen
class Refused:
    """From the host: why it will not listen; it closes the link after this."""

    reason: str


Event = RequestStarted | ResponseStarted | BodyChunk | ExchangeFinished | ExchangeFailed
Message = Hello | StackDefined | Event | Dropped | Goodbye | Released | Refused

MESSAGES: tuple[type[Message], ...] = (
    Hello,
    StackDefined,
    RequestStarted,
    ResponseStarted,
    BodyChunk,
    ExchangeFinished,
    ExchangeFailed,
    Dropped,
    Goodbye,
    Released,
    Refused,
)
