"""What is recorded: exchanges, and the processes they happened in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import attrs
import cattrs

from ..link.messages import (
    MAX_STACKS,
    Answer,
    End,
    Frame,
    Message,
    RequestReceived,
    Returned,
    SocketOpening,
    StackDefined,
    Start,
    WorkAnswered,
    WorkFinished,
    WorkStarted,
)
from ..link.plain import unpack
from .arrivals import Arrivals
from .body import Body
from .command import CommandError
from .socket_messages import SocketMessages

T = TypeVar("T")

MAX_TEXTS = 10_000_000
"""Characters of all texts that one process tells of what is in no file."""


class ProgramLink(Protocol):
    """How a linked process is reached."""

    def tell(self, message: Message) -> None:
        """Send it *message*."""
        ...

    def call(
        self, function: str, arguments: bytes, answered: Callable[[Returned], object]
    ) -> Callable[[], object]:
        """Have it call *function*; *answered* takes the outcome, unless the result was called."""
        ...


class CausedStack(tuple[Frame, ...]):  # noqa: SLOT001  # a tuple can't have any
    """The frames of a stack, with where the work that they are part of was started.

    Attributes:
        number: The program's own for it, as that defined it; 0 for none.
        description: What was called there, if it has started work itself.
        cause: Where it was started.
    """

    number: int = 0
    description: str = ""
    cause: CausedStack | None = None


NO_STACK = CausedStack()


@attrs.define(eq=False)
class Process:
    """A program that is or was linked.

    Attributes:
        number: From 1, in the order of linking.
        epoch: Nanoseconds since 1970 minus the program's monotonic clock.
        libraries: Folders of code that is not the program's own.
        stacks: What it sent, by number: as many as it may still refer to.
        texts: Those of what is in no file, by the names that stacks have for it.
        ended: Whether its link is closed.
        link: How it is reached; ``None`` once that is closed.
    """

    number: int
    pid: int
    title: str
    folder: str
    epoch: int
    libraries: tuple[str, ...]
    stacks: dict[int, CausedStack] = attrs.field(factory=dict[int, CausedStack])
    texts: dict[str, str] = attrs.field(factory=dict[str, str])
    ended: bool = False
    link: ProgramLink | None = None
    _texts_size: int = attrs.field(default=0, init=False)

    def define_text(self, name: str, text: str) -> None:
        """Keep the text of what stacks call *name*; the oldest go for it."""
        self._texts_size += len(text) - len(self.texts.pop(name, ""))
        self.texts[name] = text
        while self._texts_size > MAX_TEXTS and len(self.texts) > 1:
            self._texts_size -= len(self.texts.pop(next(iter(self.texts))))

    def define_stack(self, told: StackDefined) -> None:
        """Keep a stack for the exchanges that are going to refer to it."""
        stack = self.stacks[told.id] = CausedStack(told.frames)
        stack.number, stack.description = told.id, told.description
        stack.cause = self.stacks.get(told.parent)
        if len(self.stacks) > MAX_STACKS:
            del self.stacks[next(iter(self.stacks))]


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
    def kept(self) -> int:
        """How many bytes of its bodies are kept."""
        return self.request_body.kept + self.response_body.kept

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
        return [read(value, kind, "a chunk") for value in unpack(self.response_body.data())]

    def finished(self, kind: type[T]) -> T | None:
        """Read what its ``finish`` tells; ``None`` before that, and if it failed."""
        end = self.end
        return _fields(end.fields, kind) if isinstance(end, WorkFinished) else None


_converter = cattrs.Converter(detailed_validation=False)


# Any: plain data of a program, which may hold anything.
def read(value: Any, kind: type[T], whose: str) -> T:
    """Read plain data as *kind*.

    Raises:
        CommandError: It is not of that kind; the message names *whose* it is.
    """
    try:
        return _converter.structure(value, kind)
    except Exception as error:
        raise CommandError(f"{whose} gave no {kind!r}: {error!r:.200}") from error


def _fields(packed: bytes, kind: type[T]) -> T:
    values = unpack(packed) or [{}]
    return read(values[0], kind, "the program")
