"""What is recorded: exchanges."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import attrs
import cattrs

from ...link.messages import (
    Answer,
    End,
    RequestReceived,
    SocketOpening,
    Start,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    WorkStarted,
)
from ...link.plain import unpack
from ..protocol.errors import CommandError
from .arrivals import Arrivals
from .body import Body
from .process import CausedStack, Process
from .socket_messages import SocketMessages

T = TypeVar("T")


@attrs.define(eq=False)
class Exchange:
    """All that is known of one exchange.

    Attributes:
        sequence: From 1, in the order of recording, over all processes.
        stack: Where the program asked for it, innermost frame first.
        first: The id of the first exchange of its chain of redirects; mostly its own.
        redirected: The exchange whose redirect this one follows.
        children: The ids of the exchanges that it caused, in the same process.
        last_at: The time of the last event, in the process's monotonic nanoseconds.
        weight: About how many bytes it takes, without bodies.
        messages: What is kept of a WebSocket's messages; ``None`` for all else.
        arrivals: When the bytes of an event stream came; ``None`` for all else.
    """

    sequence: int
    process: Process
    start: Start
    stack: CausedStack
    first: int
    redirected: Exchange | None = None
    response: Answer | None = None
    end: End | None = None
    request_body: Body = attrs.field(factory=Body)
    response_body: Body = attrs.field(factory=Body)
    children: list[int] = attrs.field(factory=list[int])
    last_at: int = 0
    weight: int = 0
    messages: SocketMessages | None = None
    arrivals: Arrivals | None = None

    @property
    def key(self) -> tuple[int, int]:
        """What it is found by: its process's number and its id there."""
        return (self.process.number, self.start.id)

    @property
    def id(self) -> str:
        """What front ends know it by: redirects share the first one's."""
        return f"{self.process.number}.{self.first}"

    @property
    def parts(self) -> tuple[Body | SocketMessages, ...]:
        """Its bodies, and its messages if it has any."""
        bodies = self.request_body, self.response_body
        return bodies if self.messages is None else (*bodies, self.messages)

    @property
    def kept(self) -> int:
        """How many bytes of its bodies and messages are kept."""
        return sum(part.kept for part in self.parts)

    @property
    def lifecycle(self) -> str:
        """The name of its lifecycle: ``"http.client"``, ``"http.server"``, ``"database"``."""
        if isinstance(self.start, WorkStarted | SocketOpening):
            return self.start.lifecycle
        return "http.server" if isinstance(self.start, RequestReceived) else "http.client"

    def started(self, kind: type[T]) -> T:
        """Read what its start tells, as *kind*: an attrs class, or ``dict[str, object]``.

        Here and below that is for lifecycles other than HTTP's; values are
        plain data, as the program rendered them.

        Raises:
            CommandError: It is not of that kind.
        """
        return _fields(self.start.fields if isinstance(self.start, WorkStarted) else b"", kind)

    def answered(self, kind: type[T]) -> T | None:
        """Read what its ``headers`` tell; ``None`` before they are there."""
        answer = self.response
        return _fields(answer.fields, kind) if isinstance(answer, WorkAnswered) else None

    def chunks(self, kind: type[T]) -> list[T]:
        """Read those of its ``body_chunk``s that are kept."""
        return _chunks(self.response_body.data(), kind)

    def finished(self, kind: type[T]) -> T | None:
        """Read what its ``finish`` tells; ``None`` before that, and if it failed."""
        end = self.end
        return _fields(end.fields, kind) if isinstance(end, WorkFinished) else None


_converter = cattrs.Converter(detailed_validation=False)


# Any: plain data of a program, which may hold anything.
def read_value(value: Any, kind: type[T], whose: str = "the program") -> T:
    """Read plain data of a program as *kind*: an attrs class, or ``object`` for what it is.

    Raises:
        CommandError: It is not of that kind; the message names *whose* it is.
    """
    if kind is object:
        return cast("T", value)
    try:
        return _converter.structure(value, kind)
    except Exception as error:
        raise CommandError(f"{whose} gave no {kind!r}: {error!r:.200}") from error


def read_chunks(event: WorkChunk, kind: type[T]) -> list[T]:
    """Read the ``body_chunk``s that *event* has brought, as *kind*; see :meth:`Exchange.chunks`.

    Raises:
        CommandError: They are not of that kind.
    """
    return _chunks(event.fields or b"", kind)


def _chunks(packed: bytes, kind: type[T]) -> list[T]:
    return [read_value(value, kind) for value in unpack(packed)]


def _fields(packed: bytes, kind: type[T]) -> T:
    values = unpack(packed) or [{}]
    return read_value(values[0], kind)
