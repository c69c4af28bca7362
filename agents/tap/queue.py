"""Where the application's threads leave events, and what is dropped when it is full."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from ...channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)

Event = RequestStarted | ResponseStarted | BodyChunk | ExchangeFinished | ExchangeFailed

_log = logging.getLogger("tapscope")

MAX_EVENTS = 50_000
MAX_BYTES = 16 * 1024 * 1024


class EventQueue:
    """Events on their way to the link, bounded by count and by bytes.

    Each is encoded as it comes, in the thread that published it; that takes no
    lock and wakes nobody.  When the queue is full, body bytes go first (the
    length stays), then whole exchanges that start; what an exchange that got in
    has to say stays in, so that nothing is shown half.

    Attributes:
        encode: Gives an event as bytes of the link; if it raises, that event is lost.
        limit: More events than this are too many; -1 if the first one is.
        dropped_body_bytes: How many bytes of bodies were dropped so far.
        dropped_exchanges: How many exchanges were dropped so far.
    """

    __slots__ = (
        "_events",
        "_failure_told",
        "_gaps",
        "_max_bytes",
        "_max_events",
        "_on_full",
        "_popped_bytes",
        "_pushed_bytes",
        "_refused",
        "dropped_body_bytes",
        "dropped_exchanges",
        "encode",
        "limit",
    )

    def __init__(
        self,
        encode: Callable[[Event], bytes],
        on_full: Callable[[], bool],
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Make an empty queue.

        Args:
            encode: The attribute.
            on_full: Called at a start that finds more than ``limit`` events; whether to go on.
        """
        self.encode: Callable[[Event], bytes] = encode
        self._on_full = on_full
        self._failure_told = False
        self._max_events = max_events
        self._max_bytes = max_bytes
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._events: deque[bytes | DroppedChunk] = deque()
        self._refused: set[int] = set()
        self._gaps: dict[tuple[int, bool], DroppedChunk] = {}
        self.limit: int = self._max_events
        # One is counted by the application's threads, the other by the tap's.
        self._pushed_bytes = self._popped_bytes = 0
        self.dropped_body_bytes: int = 0
        self.dropped_exchanges: int = 0

    def __len__(self) -> int:
        return len(self._events)

    def start(self, event: RequestStarted, _name: str) -> None:
        """Take the start of an exchange, or refuse the whole of it."""
        if len(self._events) > self.limit and not self._on_full():
            self.dropped_exchanges += 1
            self._refused.add(event.id)
        else:
            self._put(event)

    def headers(self, event: ResponseStarted, _name: str) -> None:
        """Take the head of a response."""
        if not self._refused or event.id not in self._refused:
            self._put(event)

    def body_chunk(self, event: BodyChunk, _name: str) -> None:
        """Take a piece of a body, or as much of its beginning as there is room for."""
        if self._refused and event.id in self._refused:
            return
        room = self._max_bytes - self._pushed_bytes + self._popped_bytes
        if len(self._events) > self.limit:
            self._drop(event, len(event.data))
        elif len(event.data) > room:
            kept = max(room, 0) if (event.id, event.sent) not in self._gaps else 0
            if kept:
                self._put(BodyChunk(event.id, event.at, event.data[:kept], event.sent))
            self._drop(event, len(event.data) - kept)
        else:
            self._put(event)

    def _put(self, event: Event) -> None:
        try:
            encoded = self.encode(event)
        except Exception:
            # An integration published what no message can hold, and may do so
            # again and again; one line of the program's log is enough.
            if not self._failure_told:
                self._failure_told = True
                _log.exception("%r could not be encoded", type(event))
            return
        self._events.append(encoded)
        self._pushed_bytes += len(encoded)

    def _drop(self, event: BodyChunk, length: int) -> None:
        """Leave a gap in the place of *event*, or widen the one that waits: a body has one at most.

        Whoever keeps the body keeps what is before its first gap.
        """
        self.dropped_body_bytes += length
        gap = self._gaps.get((event.id, event.sent))
        if gap is not None:
            gap.length += length
            return
        gap = DroppedChunk(event.id, event.at, b"", event.sent, length)
        self._gaps[event.id, event.sent] = gap
        self._events.append(gap)

    def end(self, event: ExchangeFinished | ExchangeFailed, _name: str) -> None:
        """Take the end of an exchange."""
        if self._refused and event.id in self._refused:
            self._refused.discard(event.id)
        else:
            self._put(event)

    def pop(self) -> bytes | None:
        """Give the oldest event; ``None`` if there is none."""
        try:
            event = self._events.popleft()
        except IndexError:
            # Lost updates from several threads would add up, so start anew.
            self._pushed_bytes = self._popped_bytes = 0
            return None
        if isinstance(event, DroppedChunk):
            self._gaps.pop((event.id, event.sent), None)
            return self.encode(event)
        self._popped_bytes += len(event)
        return event


class DroppedChunk(BodyChunk):
    """A piece of a body whose bytes were dropped; *length* tells how many."""

    __slots__ = ("length",)

    def __init__(self, id: int, at: int, data: bytes, sent: bool, length: int) -> None:  # noqa: A002, FBT001
        super().__init__(id, at, data, sent)
        self.length: int = length
