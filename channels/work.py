"""A unit of work of any kind, for libraries that need no events of their own.

``lifecycle("acme.job").exchange("resize")`` gives one.  Times are nanoseconds
of :func:`time.monotonic_ns`.  Events are shared by all subscribers and must not
be changed; what the library puts into them stays the library's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from contextvars import Token
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

import attrs

from . import clock
from ._channel import Channel
from ._identity import current_exchange, next_id, thread_name
from ._stack import Stack, capture_stack

Detail: TypeAlias = Mapping[str, object]


@attrs.define(eq=False)
class WorkStarted:
    """A unit of work begins.

    Attributes:
        id: Unique in this process; the same on every event of one exchange.
        at: When it began, in nanoseconds.
        name: What it is, for people: ``"resize holiday.jpg"``.
        detail: What else there is to know; the library's, and read only.
        stack: Where the program asked for it.
        thread: The name of the thread it began in.
        parent: The exchange that caused this one, if that is known.
    """

    id: int
    at: int
    name: str
    detail: Detail
    stack: Stack
    thread: str
    parent: int | None = None


@attrs.define(eq=False)
class WorkAnswered:
    """The first that is known of the outcome.

    Attributes:
        id: The exchange's.
        at: When that was, in nanoseconds.
        detail: What is known; the library's, and read only.
    """

    id: int
    at: int
    detail: Detail


@attrs.define(eq=False)
class WorkChunk:
    """A piece of what the work takes or gives.

    Attributes:
        id: The exchange's.
        at: When it passed, in nanoseconds.
        data: The piece itself, not a copy; the library's, and read only.
        sent: True for what the program gave, False for what it got.
    """

    id: int
    at: int
    data: object
    sent: bool


@attrs.define(eq=False)
class WorkFinished:
    """The work is done.

    Attributes:
        id: The exchange's.
        at: When it ended, in nanoseconds.
        result: What came of it, if there is anything to show; the program's, and read only.
    """

    id: int
    at: int
    result: object = None


@attrs.define(eq=False)
class WorkFailed:
    """The work ended with an error.

    Attributes:
        id: The exchange's.
        at: When it ended, in nanoseconds.
        error: What was raised; the program gets that very exception.
    """

    id: int
    at: int
    error: BaseException


class WorkChannels(Protocol):
    """The five channels that an exchange publishes to."""

    @property
    def channels(self) -> tuple[Channel[Any], ...]:
        """Start, headers, body_chunk, finish and error."""
        ...


class Exchange:
    """One unit of work: publishes its events, with one id, from start to finish.

    Use it with ``with``, which starts it, is the parent of what happens inside,
    and finishes it or fails it with what is raised; or call the methods, if it
    begins and ends in different places.  ``finish`` and ``error`` end it;
    whichever comes first counts, and later ones are ignored.

    Attributes:
        id: Unique in this process.
        parent: The exchange inside which this one was made, if any.
        ended: Whether it has finished or failed.
    """

    __slots__ = ("_channels", "_detail", "_name", "_token", "ended", "id", "parent")

    def __init__(self, owner: WorkChannels, name: str, detail: Detail) -> None:
        self.id: int = next_id()
        self.parent: int | None = current_exchange.get()
        self.ended: bool = False
        self._channels = owner.channels
        self._name = name
        self._detail = detail
        self._token: Token[int | None] | None = None

    def start(self, skip: int = 0) -> None:
        """Publish the start; *skip* of the innermost frames are the library's own."""
        stack = capture_stack(skip + 1)
        self._channels[0].publish(
            WorkStarted(
                self.id, clock.now(), self._name, self._detail, stack, thread_name(), self.parent
            )
        )

    def headers(self, detail: Detail) -> None:
        """Publish the first that is known of the outcome."""
        self._channels[1].publish(WorkAnswered(self.id, clock.now(), detail))

    def body_chunk(self, data: object, *, sent: bool = False) -> None:
        """Publish a piece of what the work gives, or takes if it is *sent*."""
        self._channels[2].publish(WorkChunk(self.id, clock.now(), data, sent))

    def finish(self, result: object = None) -> None:
        """Publish that the work is done."""
        if not self.ended:
            self.ended = True
            self._channels[3].publish(WorkFinished(self.id, clock.now(), result))

    def error(self, error: BaseException) -> None:
        """Publish that the work ended with *error*; the caller raises it."""
        if not self.ended:
            self.ended = True
            self._channels[4].publish(WorkFailed(self.id, clock.now(), error))

    def __enter__(self) -> Self:
        self.start(skip=1)
        self._token = current_exchange.set(self.id)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            # A generator may be closed in another context, where the token means nothing.
            with contextlib.suppress(ValueError):
                current_exchange.reset(self._token)
        if error is None:
            self.finish()
        else:
            self.error(error)


class _Unseen(Exchange):
    """The exchange that nobody looks at: one object for all, without state."""

    __slots__ = ()

    def __init__(self) -> None:
        self.id: int = 0
        self.parent: int | None = None
        self.ended: bool = True

    def start(self, skip: int = 0) -> None:
        pass

    def headers(self, detail: Detail) -> None:
        pass

    def body_chunk(self, data: object, *, sent: bool = False) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        pass


UNSEEN = _Unseen()
