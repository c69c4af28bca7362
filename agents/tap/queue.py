"""Where the application's threads leave events, and what is dropped when it is full."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Protocol, TypeVar, cast

from ...channels.http import (
    BodyChunk,
    ExchangeFinished,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
)
from ...channels.log import RecordLogged
from ...channels.websocket import Frame, SocketClosed, SocketOpened, SocketOpening
from ..link.messages import Dropped
from .events import DroppedChunk, Event, Failed

_log = logging.getLogger("tapscope")

MAX_EVENTS = 50_000
MAX_BYTES = 5 * 1024 * 1024
"""With what is no body, and the objects around them, that makes 16 MB at most."""
MAX_RECORDS = 1_000
"""How many records of logging are taken in a second: more than anybody reads."""
_SECOND = 1_000_000_000
AT_ONCE = 64
"""How many events are taken at once."""


E = TypeVar("E")


class _Encoder(Protocol):
    def start(self, event: RequestStarted, /) -> bytes: ...
    def headers(self, event: ResponseStarted, /) -> bytes: ...
    def request_received(self, event: RequestReceived, /) -> bytes: ...
    def response_sent(self, event: ResponseSent, /) -> bytes: ...
    def body_chunk(self, event: BodyChunk, /) -> bytes: ...
    def dropped_chunk(self, event: DroppedChunk, /) -> bytes: ...
    def finish(self, event: ExchangeFinished, /) -> bytes: ...
    def error(self, event: Failed, /) -> bytes: ...
    def work_started(self, event: Event, lifecycle: str, /) -> bytes: ...
    def work_answered(self, event: Event, /) -> bytes: ...
    def work_chunk(self, event: Event, /) -> bytes: ...
    def dropped_work_chunk(self, event: Event, /) -> bytes: ...
    def work_finished(self, event: Event, /) -> bytes: ...
    def socket_opening(self, event: SocketOpening, lifecycle: str, /) -> bytes: ...
    def socket_opened(self, event: SocketOpened, /) -> bytes: ...
    def socket_frame(self, event: Frame, /) -> bytes: ...
    def dropped_frame(self, event: Frame, /) -> bytes: ...
    def socket_closed(self, event: SocketClosed, /) -> bytes: ...
    def record(self, event: RecordLogged, /) -> bytes: ...


class EventQueue:
    """Events on their way to the link, bounded by count and by bytes.

    Each is encoded as it comes, in the thread that published it; that takes no
    lock and wakes nobody.  When the queue is full, body bytes go first (the
    length stays), and then whole exchanges that start; what an exchange that got
    in has to say stays in, so that nothing is shown half.

    Attributes:
        encoder: Gives events as bytes of the link; if it raises, that event is lost.
        limit: More events than this are too many; -1 if the first one is.  Bytes are too many
            for a body from ``max_bytes`` on, for a start from a quarter more.
        dropped_body_bytes: How many bytes of bodies were dropped so far.
        dropped_exchanges: How many exchanges were dropped so far.
        dropped_records: How many records of logging were dropped so far.
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
        "_records",
        "_records_since",
        "_refused",
        "dropped_body_bytes",
        "dropped_exchanges",
        "dropped_records",
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
        self.dropped_records: int = 0
        self._records = self._records_since = 0

    def __len__(self) -> int:
        return len(self._events)

    def start(self, event: RequestStarted, _name: str) -> None:
        """Take the start of an outgoing request, or refuse the whole exchange."""
        if self._admits(event):
            self._add(event, self.encoder.start)

    def request_received(self, event: RequestReceived, _name: str) -> None:
        """Take the start of an incoming request, or refuse the whole exchange."""
        if self._admits(event):
            self._add(event, self.encoder.request_received)

    def work_started(self, event: Event, name: str) -> None:
        """Take the start of an exchange of the lifecycle whose channel is called *name*."""
        if self._admits(event):
            encode, lifecycle = self.encoder.work_started, name.removesuffix(".start")
            self._add(event, lambda event: encode(event, lifecycle))

    def socket_opening(self, event: SocketOpening, name: str) -> None:
        """Take the start of a WebSocket's handshake, on the channel called *name*."""
        if self._admits(event):
            encode, lifecycle = self.encoder.socket_opening, name.removesuffix(".start")
            self._add(event, lambda event: encode(event, lifecycle))

    def headers(self, event: ResponseStarted, _name: str) -> None:
        """Take the head of a response."""
        if not self._refused or not self._refuses(event):
            self._add(event, self.encoder.headers)

    def response_sent(self, event: ResponseSent, _name: str) -> None:
        """Take the head of an outgoing response."""
        if not self._refused or not self._refuses(event):
            self._add(event, self.encoder.response_sent)

    def work_answered(self, event: Event, _name: str) -> None:
        """Take the first that is known of some work's outcome."""
        if not self._refused or not self._refuses(event):
            self._add(event, self.encoder.work_answered)

    def socket_opened(self, event: SocketOpened, _name: str) -> None:
        """Take the answer to a WebSocket's handshake."""
        if not self._refused or not self._refuses(event):
            self._add(event, self.encoder.socket_opened)

    def body_chunk(self, event: BodyChunk, _name: str) -> None:
        """Take a piece of a body, or as much of its beginning as there is room for."""
        if self._refused and self._refuses(event):
            return
        room = self._room()
        if len(event.data) > room or len(self._events) > self.limit:
            self._shorten(event, room)
        else:
            self._add(event, self.encoder.body_chunk)

    def work_chunk(self, event: Event, _name: str) -> None:
        """Take a piece of some work, or word of it if there is no room."""
        if self._refused and self._refuses(event):
            return
        full = self._room() < 0 or len(self._events) > self.limit
        self._add(event, self.encoder.dropped_work_chunk if full else self.encoder.work_chunk)

    def socket_frame(self, event: Frame, _name: str) -> None:
        """Take a frame of a WebSocket, without its payload or not at all if there is no room."""
        if self._refused and self._refuses(event):
            return
        waiting = len(self._events)
        if self._room() >= 0 and waiting <= self.limit:
            self._add(event, self.encoder.socket_frame)
            return
        self.dropped_body_bytes += len(event.data)
        if waiting <= 2 * self._max_events:
            self._add(event, self.encoder.dropped_frame)

    def finish(self, event: ExchangeFinished, _name: str) -> None:
        """Take the end of a request."""
        if not self._refused or not self._ends_refused(event):
            self._add(event, self.encoder.finish)

    def work_finished(self, event: Event, _name: str) -> None:
        """Take the end of some work."""
        if not self._refused or not self._ends_refused(event):
            self._add(event, self.encoder.work_finished)

    def socket_closed(self, event: SocketClosed, _name: str) -> None:
        """Take the end of a WebSocket."""
        if not self._refused or not self._ends_refused(event):
            self._add(event, self.encoder.socket_closed)

    def error(self, event: Failed, _name: str) -> None:
        """Take the failure of any exchange."""
        if not self._refused or not self._ends_refused(event):
            self._add(event, self.encoder.error)

    def record(self, event: RecordLogged, _name: str) -> None:
        """Take what the program has logged, unless there is no room or it logs all the time."""
        if event.at - self._records_since >= _SECOND:
            self._records, self._records_since = 0, event.at
        self._records += 1
        full = len(self._events) > self.limit or self._room() < 0
        if self._records > MAX_RECORDS or (full and not self._on_full()):
            self.dropped_records += 1
        else:
            self._add(event, self.encoder.record)

    def _admits(self, event: Event) -> bool:
        full = len(self._events) > self.limit or self._room() < -self._max_bytes // 4
        if full and not self._on_full():
            self.dropped_exchanges += 1
            self._refused.add(event.id)
            return False
        return True

    # Asked only when any are refused, as most of the time nobody is and a call costs more.
    def _refuses(self, event: Event) -> bool:
        return event.id in self._refused

    def _ends_refused(self, event: Event) -> bool:
        refused = self._refuses(event)
        if refused:
            self._refused.discard(event.id)
        return refused

    def _room(self) -> int:
        return self._max_bytes - self._pushed_bytes + self._popped_bytes

    def _add(self, event: E, encode: Callable[[E], bytes]) -> None:
        try:
            encoded = encode(event)
            self._events.append(encoded)
            self._pushed_bytes += len(encoded)
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
            return self._gap(event)
        self._popped_bytes += len(event)
        return event

    def _gap(self, event: DroppedChunk) -> bytes:
        self._gaps.pop((event.id, event.sent), None)
        try:
            return self.encoder.dropped_chunk(event)
        except Exception as error:
            self._lost(event, error)
            return b""

    def take(self) -> list[bytes]:
        """Give some of the oldest events; none if there are none."""
        number = min(len(self._events), AT_ONCE)
        if self._gaps or not number:
            event = self.pop()
            return [] if event is None else [event]
        # In C: a loop would execute fifty bytecodes for each.
        taken = cast("list[bytes]", list(islice(iter(self._events.popleft, None), number)))
        self._popped_bytes += sum(map(len, taken))
        return taken

    def dropped(self) -> Dropped:
        """Give the sums of what was dropped so far."""
        return Dropped(self.dropped_exchanges, self.dropped_body_bytes, self.dropped_records)

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

    def _lost(self, event: object, error: Exception) -> None:
        # An integration published what no message can hold, and may do so
        # again and again; one line of the program's log is enough.
        if not self._failure_told:
            self._failure_told = True
            _log.error("%r could not be encoded", type(event), exc_info=error)
