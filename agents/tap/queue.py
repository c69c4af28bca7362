"""Where the application's threads leave events, and what is dropped when it is full."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from ...channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from ..link import messages

Event = RequestStarted | ResponseStarted | BodyChunk | ExchangeFinished | ExchangeFailed

_log = logging.getLogger("tapscope")

_BODY = bytes([messages.MESSAGES.index(messages.BodyChunk)])
"""What follows the first byte of an encoded piece of a body: the message's number."""

MAX_EVENTS = 50_000
MAX_BYTES = 16 * 1024 * 1024


class _Encoder(Protocol):
    def start(self, event: RequestStarted, /) -> bytes: ...
    def headers(self, event: ResponseStarted, /) -> bytes: ...
    def body_chunk(self, event: BodyChunk, /) -> bytes: ...
    def dropped_chunk(self, event: DroppedChunk, /) -> bytes: ...
    def finish(self, event: ExchangeFinished, /) -> bytes: ...
    def error(self, event: ExchangeFailed, /) -> bytes: ...


class EventQueue:
    """Events on their way to the link, bounded by count and by bytes.

    Each is encoded as it comes, in the thread that published it; that takes no
    lock and wakes nobody.  When the queue is full, body bytes go first (the
    length stays), then whole exchanges that start; what an exchange that got in
    has to say stays in, so that nothing is shown half.

    Attributes:
        encoder: Gives events as bytes of the link; if it raises, that event is lost.
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
        "encoder",
        "limit",
    )

    def __init__(
        self,
        encoder: _Encoder,
        on_full: Callable[[], bool],
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Make an empty queue.

        Args:
            encoder: The attribute.
            on_full: Called at a start that finds more than ``limit`` events; whether to go on.
        """
        self.encoder: _Encoder = encoder
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
            return
        try:
            self._events.append(self.encoder.start(event))
        except Exception as error:
            self._lost(event, error)

    def headers(self, event: ResponseStarted, _name: str) -> None:
        """Take the head of a response."""
        if self._refused and event.id in self._refused:
            return
        try:
            self._events.append(self.encoder.headers(event))
        except Exception as error:
            self._lost(event, error)

    def body_chunk(self, event: BodyChunk, _name: str) -> None:
        """Take a piece of a body, or as much of its beginning as there is room for."""
        if self._refused and event.id in self._refused:
            return
        length = len(event.data)
        room = self._max_bytes - self._pushed_bytes + self._popped_bytes
        if length > room or len(self._events) > self.limit:
            self._shorten(event, room)
            return
        try:
            encoded = self.encoder.body_chunk(event)
            self._events.append(encoded)
            self._pushed_bytes += len(encoded)
        except Exception as error:
            self._lost(event, error)

    def end(self, event: ExchangeFinished | ExchangeFailed, _name: str) -> None:
        """Take the end of an exchange."""
        if self._refused and event.id in self._refused:
            self._refused.discard(event.id)
            return
        encoder = self.encoder
        try:
            if isinstance(event, ExchangeFinished):
                self._events.append(encoder.finish(event))
            else:
                self._events.append(encoder.error(event))
        except Exception as error:
            self._lost(event, error)

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
            return self.encoder.dropped_chunk(event)
        if event[1:2] == _BODY:
            self._popped_bytes += len(event)
        return event

    def _shorten(self, event: BodyChunk, room: int) -> None:
        """Take what there is room for, and leave a gap for the rest."""
        kept = room if room > 0 and (event.id, event.sent) not in self._gaps else 0
        if kept and len(self._events) <= self.limit:
            self.body_chunk(BodyChunk(event.id, event.at, event.data[:kept], event.sent), "")
        else:
            kept = 0
        self._drop(event, len(event.data) - kept)

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

    def _lost(self, event: Event, error: Exception) -> None:
        # An integration published what no message can hold, and may do so
        # again and again; one line of the program's log is enough.
        if not self._failure_told:
            self._failure_told = True
            _log.error("%r could not be encoded", type(event), exc_info=error)


class DroppedChunk(BodyChunk):
    """A piece of a body whose bytes were dropped; *length* tells how many."""

    __slots__ = ("length",)

    def __init__(self, id: int, at: int, data: bytes, sent: bool, length: int) -> None:  # noqa: A002, FBT001
        super().__init__(id, at, data, sent)
        self.length: int = length
