"""Functions that are called too often to be told of call by call.

Of these a share is told, and the rest is counted: how many calls, how long they
took together, the longest.  That is exact; which calls are told is chance.  One
that takes long is told after all, as soon as another thread gets to it or it has
ended; until then it is on the :mod:`scoreboard`.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import cast

import attrs

from . import clock
from ._identity import current_exchange, name_of_thread, next_id, thread_name
from ._stack import capture_stack, stack_of
from .calling import NativeCall, NativeFunction
from .delivery import deliver, gathered_by
from .native import CallsCounted, CountingFinished, CountingStarted, counts
from .scoreboard import Scoreboard, scoreboards

WINDOW = 100_000_000
"""Nanoseconds in which at most :data:`TOLD` calls of one function are told of."""
TOLD = 100

LONG = 100_000_000
"""Nanoseconds from which on a call is told that was to be counted only."""
INTERVAL = 1_000_000_000
"""Nanoseconds between two sums of what was counted."""
SAMPLE = 100
"""How many durations are told with a sum."""

_MOST_WAITING = 100_000

_counters: list[CallCounter] = []
_gathering = threading.Lock()

# Frames of other threads, which nothing public gives.
_frames = cast("Callable[[], Mapping[int, FrameType]]", vars(sys)["_current_frames"])


@attrs.define(eq=False)
class CountedCall:
    """A call that is going on, and is counted when it ends.

    Attributes:
        id: Under which it is told, if it is.
        call: It, if it was told after all.
        board: Where it is noted meanwhile.
        place: The place it has there.
    """

    id: int
    began: int
    arguments: Sequence[object]
    keywords: Mapping[str, object]
    thread: int
    parent: int | None
    call: NativeCall | None = None
    board: Scoreboard | None = None
    place: int = -1


class CallCounter:
    """Says which calls of a function are to be told of, and counts the others."""

    __slots__ = (
        "_calls",
        "_failed",
        "_function",
        "_id",
        "_running",
        "_summed_at",
        "_told",
        "_took",
        "_window",
    )

    def __init__(self, function: NativeFunction) -> None:
        self._function = function
        self._window = 0
        self._told = 0
        self._id: int | None = None
        self._calls = 0
        self._summed_at = 0
        self.forget()

    def forget(self) -> None:
        """Count anew, and publish nothing of what was counted."""
        self._id, self._failed = None, 0
        self._took: list[int] = []
        self._running: dict[int, CountedCall] = {}

    def admits(self, now: int) -> bool:
        """Whether a call that begins *now* is to be told of; else it is to be counted."""
        if now - self._window >= WINDOW:
            self._window = now
            self._told = 0
        self._told += 1
        return self._told <= TOLD

    def enter(
        self, now: int, arguments: Sequence[object], keywords: Mapping[str, object]
    ) -> CountedCall:
        """Take a call that begins *now*, and is not told of."""
        if self._id is None:
            self._begin()
        thread, parent, number = threading.get_ident(), current_exchange.get(), next_id()
        call = CountedCall(number, now, arguments, keywords, thread, parent)
        self._running[id(call)] = call
        board = scoreboards.current
        if board is not None:
            call.board = board
            call.place = board.enter(
                number, self._id or 0, now, thread, parent, arguments, keywords
            )
        return call

    def leave(self, counted: CountedCall, *, failed: bool) -> NativeCall | None:
        """Count a call that has ended; give it instead if it was told of after all."""
        if counted.board is not None:
            counted.board.leave(counted.place)
        if self._running.pop(id(counted), None) is None:
            # Another thread tells of it just now.
            with _gathering:
                return counted.call
        took = clock.now() - counted.began
        if took >= LONG:
            return self._tell(counted)
        if failed:
            self._failed += 1
        self._took.append(took)
        if len(self._took) > _MOST_WAITING:
            _gather(last=False)
        return None

    def gather(self, *, last: bool = False) -> None:
        """Publish what has come together, if it is time for that or this is the *last* one."""
        now = clock.now()
        self._tell_long(now)
        if not last and now - self._summed_at < INTERVAL and len(self._took) <= _MOST_WAITING:
            return
        self._summed_at = now
        # Other threads append meanwhile, behind what is taken here.
        took = self._took[: len(self._took)]
        del self._took[: len(took)]
        if took:
            self._publish(took, now)
        if last or not (took or self._running):
            self._end(now)

    def _begin(self) -> None:
        with _gathering:
            if self._id is not None:
                return
            self._id = next_id()
            self._calls, self._summed_at = 0, clock.now()
            function = self._function
            counts.start.publish(
                CountingStarted(
                    self._id,
                    self._summed_at,
                    function.library,
                    function.name,
                    function.kind,
                    capture_stack(2),
                    thread_name(),
                    function.locked,
                    function.slow_after,
                    current_exchange.get(),
                )
            )
            _counters.append(self)
        if scoreboards.current is not None:
            scoreboards.current.open()
            # What is noted there refers to this.
            deliver()

    def _tell_long(self, now: int) -> None:
        """Tell of the calls that have gone on for long."""
        for key, counted in list(self._running.items()):
            # Whoever takes it out of there is the one who tells or counts it.
            if now - counted.began >= LONG and self._running.pop(key, None) is not None:
                self._tell(counted)

    def _tell(self, counted: CountedCall) -> NativeCall:
        """Tell of a call after all, in whatever thread."""
        counted.call = NativeCall(counted.began, counted.id)
        counted.call.publish(
            self._function,
            counted.arguments,
            counted.keywords,
            stack_of(_frames().get(counted.thread)),
            name_of_thread(counted.thread),
            counted.parent,
        )
        return counted.call

    def _publish(self, took: list[int], now: int) -> None:
        failed, self._failed = self._failed, 0
        self._calls += len(took)
        sample = took[:: -(-len(took) // SAMPLE)]
        event = CallsCounted(self._id or 0, now, len(took), failed, sum(took), max(took), sample)
        counts.body_chunk.publish(event)

    def _end(self, now: int) -> None:
        counts.finish.publish(CountingFinished(self._id or 0, now, self._calls))
        self._id = None
        if self in _counters:
            _counters.remove(self)


def _gather(last: bool) -> None:  # noqa: FBT001  # as delivery calls it
    # Whoever finds another thread at it can leave it to that one.
    if _counters and _gathering.acquire(blocking=False):
        try:
            for counter in tuple(_counters):
                counter.gather(last=last)
        finally:
            _gathering.release()


def _forget() -> None:
    """Leave to the parent of a forked child what it has counted."""
    global _gathering  # noqa: PLW0603  # a thread that is not here may hold it
    _gathering = threading.Lock()
    for counter in _counters:
        counter.forget()
    _counters.clear()


gathered_by(_gather)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
