"""What an integration of native code says, without saying how events are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar, Token

import attrs

from . import clock
from ._identity import current_exchange, next_id, thread_name
from ._lock import lock
from ._stack import Stack, capture_stack
from ._suppression import suppressed
from .delivery import deliver
from .native import (
    CalledBack,
    CallFailed,
    CallFinished,
    CallReturned,
    CallStarted,
    Kind,
    calls,
)

current_call: ContextVar[NativeCall | None] = ContextVar("tapscope_native_call", default=None)
"""The innermost native call that this is inside of, as what it calls back is."""

_PAUSE = 1_000_000
"""Nanoseconds between two deliveries for the sake of callbacks, of which there may be many."""


@attrs.define(eq=False)
class NativeFunction:
    """A function that is watched.

    Attributes:
        library: What it is in: a module's name or a shared library's path.
        name: Its name there.
        kind: By what means it is called.
        locked: Whether the interpreter lock is held while it runs; ``None`` if nobody knows.
        slow_after: Nanoseconds from which on a call of it is slow; ``None`` if never.
    """

    library: str
    name: str
    kind: Kind
    locked: bool | None = None
    slow_after: int | None = None


class NativeCall:
    """One call on its way: publishes the events of ``native``.

    Made by :meth:`start`, when the integration has seen that somebody listens.
    It ends when the function has returned and each stream that was opened is closed,
    or with :meth:`fail`; whichever comes first counts, the rest is ignored.

    Attributes:
        id: Unique in this process.
        at: When it began, in nanoseconds.
        ended: Whether it has finished or failed.
        items: How many times it called back or gave an item.
    """

    __slots__ = (
        "_delivered_at",
        "_outer",
        "_returned",
        "_streams",
        "at",
        "ended",
        "id",
        "items",
    )

    def __init__(self, at: int, id: int) -> None:  # noqa: A002  # the link's word
        self.id: int = id
        self.at: int = at
        self.ended: bool = False
        self.items: int = 0
        self._streams = 0
        self._returned = False
        self._delivered_at = 0
        self._outer: tuple[Token[NativeCall | None], Token[int | None]] | None = None

    @classmethod
    def start(
        cls,
        function: NativeFunction,
        arguments: Sequence[object],
        keywords: Mapping[str, object],
    ) -> NativeCall | None:
        """Publish the start, and see it delivered; ``None`` where that is suppressed.

        What happens in this context until it returns or fails has it for its parent.
        """
        if suppressed():
            return None
        call = cls(clock.now(), next_id())
        parent = current_exchange.get()
        call.publish(function, arguments, keywords, capture_stack(1), thread_name(), parent)
        # What comes next may never return, and never let go of the interpreter lock.
        deliver()
        call._outer = current_call.set(call), current_exchange.set(call.id)
        return call

    def publish(
        self,
        function: NativeFunction,
        arguments: Sequence[object],
        keywords: Mapping[str, object],
        stack: Stack,
        thread: str,
        parent: int | None,
    ) -> None:
        """Publish the start of a call that another thread has begun."""
        calls.start.publish(
            CallStarted(
                self.id,
                self.at,
                function.library,
                function.name,
                function.kind,
                arguments,
                keywords,
                stack,
                thread,
                function.locked,
                function.slow_after,
                parent,
            )
        )

    def called_back(self, function: str, data: object) -> None:
        """Publish that it called *function*, or with an empty name that it gave an item."""
        if not self.ended:
            self.items += 1
            at = clock.now()
            event = CalledBack(self.id, at, function, data, at - self.at, thread_name())
            calls.body_chunk.publish(event)

    def go_on(self) -> None:
        """See delivered what has been published, as a callback returns to native code."""
        now = clock.now()
        if now - self._delivered_at >= _PAUSE:
            self._delivered_at = now
            deliver()

    def open_stream(self) -> None:
        """Take note that something it was given, or has given, may outlast it."""
        with lock:
            self._streams += 1

    def close_stream(self) -> None:
        """Take note that one of these is over; in any thread."""
        with lock:
            self._streams -= 1
            over = self._returned and not self._streams
        if over:
            self._finish()

    def returned(self, result: object, errno: int | None = None) -> None:
        """Publish that the function has returned, and that this is the end if no stream is open."""
        self._leave()
        if self.ended:
            return
        with lock:
            self._returned = True
            streaming = self._streams > 0
        if streaming:
            calls.headers.publish(CallReturned(self.id, clock.now(), result))
        else:
            self._finish(result, errno)
        # Else it would seem to go on, if what the program does next lets nobody tell more.
        deliver()

    def fail(self, error: BaseException) -> None:
        """Publish that the call ended with *error*; the caller raises it."""
        self._leave()
        if not self.ended:
            self.ended = True
            calls.error.publish(CallFailed(self.id, clock.now(), error))
            deliver()

    def _finish(self, result: object = None, errno: int | None = None) -> None:
        if not self.ended:
            self.ended = True
            calls.finish.publish(CallFinished(self.id, clock.now(), result, errno, self.items))

    def _leave(self) -> None:
        outer, self._outer = self._outer, None
        if outer is not None:
            # A generator may be closed in another context, where the token means nothing.
            try:
                current_call.reset(outer[0])
                current_exchange.reset(outer[1])
            except ValueError:
                pass
