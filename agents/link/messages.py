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
    """A stack that later messages refer to by *id*; innermost frame first.

    Attributes:
        parent: The stack where the work that runs there was started; 0 if that is not known.
        description: What was called there to start the work that has this for its parent.
    """

    id: int
    frames: tuple[Frame, ...]
    parent: int = 0
    description: str = ""


@attrs.frozen
class SecurityInfo:
    """See :class:`tapscope.channels.http.Security`, field by field."""

    cipher: str
    verified: bool
    subject: str
    issuer: str
    names: tuple[str, ...]
    valid_from: int
    valid_to: int
    certificate: bytes = b""


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
    security: SecurityInfo | None = None


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
    from_cache: bool = False
    early_hints: Headers = ()


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
    """An exchange's error: its class, its text, and whether it is a cancellation.

    What it means for a connection is the *reason*, in words for everybody; empty if that is
    not known.  The *traceback* is that of a native call's error, from the call on; empty if
    that has no frames.
    """

    id: int
    at: int
    kind: str
    text: str
    canceled: bool
    reason: str = ""
    traceback: str = ""


@attrs.frozen
class RequestReceived:
    """See :class:`tapscope.channels.http.RequestReceived`."""

    id: int
    at: int
    method: str
    url: str
    headers: Headers
    stack: int
    thread: str
    parent: int | None
    protocol: str
    connection: ConnectionInfo | None
    endpoint: str | None


@attrs.frozen
class ResponseSent:
    """See :class:`tapscope.channels.http.ResponseSent`."""

    id: int
    at: int
    status: int
    reason: str
    headers: Headers
    endpoint: str | None


@attrs.frozen
class WorkStarted:
    """The start of an exchange of any other *lifecycle*.

    Here and below *fields* are the event's other attributes, rendered and packed.
    """

    id: int
    at: int
    lifecycle: str
    stack: int
    thread: str
    parent: int | None
    fields: bytes


@attrs.frozen
class WorkAnswered:
    """The ``headers`` of an exchange of any other lifecycle."""

    id: int
    at: int
    fields: bytes


@attrs.frozen
class WorkChunk:
    """A ``body_chunk`` of an exchange of any other lifecycle; without *fields* it was dropped."""

    id: int
    at: int
    fields: bytes | None


@attrs.frozen
class WorkFinished:
    """The ``finish`` of an exchange of any other lifecycle."""

    id: int
    at: int
    fields: bytes


@attrs.frozen
class Dropped:
    """What the tap could not carry since the program started, in total."""

    exchanges: int
    body_bytes: int
    records: int = 0


@attrs.frozen
class Goodbye:
    """The program ends in order; nothing follows.

    Attributes:
        untold: How many events it had still to tell, to a host that took none any more.
    """

    untold: int = 0


@attrs.frozen
class Expect:
    """Another process is about to link: the host gives it the time, also if this one ends."""


@attrs.frozen
class Released:
    """From the host: a front end said ``Runtime.runIfWaitingForDebugger``."""


@attrs.frozen
class Refused:
    """From the host: why it will not listen; it closes the link after this."""

    reason: str


@attrs.frozen
class Listen:
    """From the host: the lifecycles to tell of from now on, and no others."""

    lifecycles: tuple[str, ...]


@attrs.frozen
class Told:
    """From the host: a line for the program's standard error."""

    text: str


@attrs.frozen
class Call:
    """From the host: call a *function* (``"module:name"``) with packed keyword *arguments*."""

    id: int
    function: str
    arguments: bytes


@attrs.frozen
class Returned:
    """The packed *result* of a :class:`Call`, or else its *error*."""

    id: int
    result: bytes | None
    error: str


@attrs.frozen
class Register:
    """The program has a domain for the host: a class to import, and where to look for it."""

    module: str
    name: str
    path: tuple[str, ...]


@attrs.frozen
class SocketOpening:
    """See :class:`tapscope.channels.websocket.SocketOpening`, of either *lifecycle*."""

    id: int
    at: int
    lifecycle: str
    url: str
    headers: Headers
    stack: int
    thread: str
    parent: int | None


@attrs.frozen
class SocketOpened:
    """See :class:`tapscope.channels.websocket.SocketOpened`."""

    id: int
    at: int
    status: int
    reason: str
    headers: Headers
    subprotocol: str | None


@attrs.frozen
class SocketFrame:
    """See :class:`tapscope.channels.websocket.Frame`; *data* is as much of it as was kept."""

    id: int
    at: int
    opcode: int
    data: bytes
    length: int
    sent: bool
    final: bool
    encoded_length: int | None


@attrs.frozen
class SocketClosed:
    """See :class:`tapscope.channels.websocket.SocketClosed`."""

    id: int
    at: int
    code: int
    reason: str
    clean: bool


@attrs.frozen
class RecordLogged:
    """See :class:`tapscope.channels.log.RecordLogged`; *error* is its traceback, as text."""

    at: int
    level: int
    level_name: str
    logger: str
    text: str
    stack: int
    thread: str
    parent: int | None
    error: str | None


@attrs.frozen
class Limits:
    """What the program wants the host to keep at most; ``None`` leaves it as it is."""

    total_bytes: int | None = None
    body_bytes: int | None = None
    exchanges: int | None = None


@attrs.frozen
class StackDepth:
    """From the host: how many parents the stacks from now on are to have at most."""

    depth: int


@attrs.frozen
class SourceTold:
    """The text of what stacks call *filename*, and is in no file; it comes before them."""

    filename: str
    text: str


@attrs.frozen
class ScoreboardMade:
    """The file at *path* is of memory in which the program notes calls; see :mod:`.scoreboard`."""

    path: str


Start = RequestStarted | RequestReceived | WorkStarted | SocketOpening
Answer = ResponseStarted | ResponseSent | WorkAnswered | SocketOpened
Chunk = BodyChunk | WorkChunk | SocketFrame
End = ExchangeFinished | WorkFinished | ExchangeFailed | SocketClosed
Event = Start | Answer | Chunk | End
Message = (
    Hello
    | StackDefined
    | Event
    | Dropped
    | Goodbye
    | Expect
    | Released
    | Refused
    | Listen
    | Told
    | Call
    | Returned
    | Register
    | RecordLogged
    | Limits
    | StackDepth
    | SourceTold
    | ScoreboardMade
)

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
    RequestReceived,
    ResponseSent,
    WorkStarted,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    Listen,
    Told,
    Call,
    Returned,
    Register,
    SocketOpening,
    SocketOpened,
    SocketFrame,
    SocketClosed,
    RecordLogged,
    Limits,
    Expect,
    StackDepth,
    SourceTold,
    ScoreboardMade,
)
