"""The messages of one WebSocket, as many as are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import attrs

from ..link.messages import SocketFrame

CONTINUATION, TEXT, CLOSE = 0, 1, 8

_OVERHEAD = 200  # bytes of memory that a message takes beside its payload
_SHARE = 4  # of what one socket may keep, no message takes more than one such part


@attrs.frozen
class SocketMessage:
    """One message: a frame, or the frames that it was sent in.

    Attributes:
        at: When its last frame came or went, in the process's monotonic nanoseconds.
        opcode: RFC 6455's; that of the first of its frames.
        data: Its payload, or as much of the beginning as is kept.
        length: How many bytes it had in all.
        sent: Whether the program sent it.
    """

    at: int
    opcode: int
    data: bytes
    length: int
    sent: bool


@attrs.define(eq=False)
class _Unfinished:
    """A message whose last frame has not come yet."""

    opcode: int
    data: bytearray = attrs.field(factory=bytearray)
    length: int = 0

    def add(self, data: bytes, length: int, limit: int) -> int:
        """Take the payload of the next frame; give how many bytes of it are kept."""
        # Once bytes are missing nothing more is taken, so that what is kept is a prefix.
        room = limit - len(self.data) if len(self.data) == self.length else 0
        taken = data[: max(room, 0)]
        self.data += taken
        self.length += length
        return len(taken)


@attrs.define(eq=False)
class SocketMessages:
    """Makes messages of frames and keeps the newest.

    Attributes:
        newest: What the last frame has completed; ``None`` if more frames belong to it.
        kept: How many bytes it takes.
        missing: How many of its messages, the oldest, are not here any more.
        cut: Why not; empty if none is missing.
    """

    newest: SocketMessage | None = None
    kept: int = 0
    missing: int = 0
    cut: str = ""
    _messages: deque[SocketMessage] = attrs.field(factory=deque[SocketMessage])
    _unfinished: dict[bool, _Unfinished] = attrs.field(factory=dict[bool, _Unfinished])

    def __iter__(self) -> Iterator[SocketMessage]:
        return iter(tuple(self._messages))

    def add(self, frame: SocketFrame, limit: int) -> int:
        """Take the next frame; give how many bytes more are kept, which may be less than none."""
        before = self.kept
        self.newest = self._join(frame, limit // _SHARE)
        if self.newest is not None:
            self._messages.append(self.newest)
            self.kept += _cost(self.newest)
        while self.kept > limit and self._messages:
            self.kept -= _cost(self._messages.popleft())
            self.missing += 1
            self.cut = f"the limit for one WebSocket is {limit:,} bytes"
        return self.kept - before

    def drop(self, reason: str) -> int:
        """Let go of what is kept, because of *reason*; give how many bytes that frees."""
        freed, self.kept = self.kept, 0
        if self._messages:
            self.missing += len(self._messages)
            self.cut = reason
        self._messages.clear()
        for message in self._unfinished.values():
            message.data.clear()
        return freed

    def _join(self, frame: SocketFrame, limit: int) -> SocketMessage | None:
        # A control frame may come between the frames of a message.
        if frame.opcode >= CLOSE or (frame.final and frame.sent not in self._unfinished):
            data = frame.data[:limit]
            return SocketMessage(frame.at, frame.opcode, data, frame.length, frame.sent)
        message = self._unfinished.setdefault(frame.sent, _Unfinished(frame.opcode))
        self.kept += message.add(frame.data, frame.length, limit)
        if not frame.final:
            return None
        del self._unfinished[frame.sent]
        self.kept -= len(message.data)
        data = bytes(message.data)
        return SocketMessage(frame.at, message.opcode, data, message.length, frame.sent)


def _cost(message: SocketMessage) -> int:
    return len(message.data) + _OVERHEAD
