"""Where the application's threads leave events, and what is dropped when it is full."""

from __future__ import annotations

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

MAX_EVENTS = 50_000
MAX_BODY_BYTES = 16 * 1024 * 1024


class EventQueue:
    """Events on their way to the link, bounded by count and by bytes of bodies.

    Appending takes no lock and wakes nobody: that is all the watched program
    pays.  When it is full, body bytes go first (the length stays), then whole
    exchanges that start; what an exchange that got in has to say stays in, so
    that nothing is shown half.
    """

    __slots__ = (
        "_events",
        "_max_body_bytes",
        "_max_events",
        "_on_full",
        "_refused",
        "body_bytes",
        "dropped_body_bytes",
        "dropped_exchanges",
        "limit",
    )

    def __init__(
        self,
        on_full: Callable[[], bool],
        max_events: int = MAX_EVENTS,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        """Make an empty queue.

        Args:
            on_full: Called at a start that finds more than ``limit`` events; whether to go on.
        """
        self._on_full = on_full
        self._max_events = max_events
        self._max_body_bytes = max_body_bytes
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._events: deque[Event] = deque()
        self._refused: set[int] = set()
        self.limit = self._max_events
        self.body_bytes = 0
        self.dropped_body_bytes = 0
        self.dropped_exchanges = 0

    def __len__(self) -> int:
        return len(self._events)

    def start(self, event: RequestStarted, _name: str) -> None:
        """Take the start of an exchange, or refuse the whole of it."""
        if len(self._events) > self.limit and not self._on_full():
            self.dropped_exchanges += 1
            self._refused.add(event.id)
        else:
            self._events.append(event)

    def headers(self, event: ResponseStarted, _name: str) -> None:
        """Take the head of a response."""
        if not self._refused or event.id not in self._refused:
            self._events.append(event)

    def body_chunk(self, event: BodyChunk, _name: str) -> None:
        """Take a piece of a body, without its bytes if there is no room for them."""
        if self._refused and event.id in self._refused:
            return
        length = len(event.data)
        if self.body_bytes + length > self._max_body_bytes:
            self.dropped_body_bytes += length
            event = DroppedChunk(event.id, event.at, b"", event.sent, length)
        else:
            self.body_bytes += length
        self._events.append(event)

    def end(self, event: ExchangeFinished | ExchangeFailed, _name: str) -> None:
        """Take the end of an exchange."""
        if self._refused and event.id in self._refused:
            self._refused.discard(event.id)
        else:
            self._events.append(event)

    def pop(self) -> Event | None:
        """Give the oldest event; ``None`` if there is none."""
        try:
            return self._events.popleft()
        except IndexError:
            # Lost updates from several threads would add up, so start anew.
            self.body_bytes = 0
            return None


class DroppedChunk(BodyChunk):
    """A piece of a body whose bytes were dropped; *length* tells how many."""

    __slots__ = ("length",)

    def __init__(self, id: int, at: int, data: bytes, sent: bool, length: int) -> None:  # noqa: A002, FBT001
        super().__init__(id, at, data, sent)
        self.length = length
