"""The messages of one WebSocket, as many as are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import attrs
import msgpack

from ...link.messages import SocketFrame
from .spill import Place, Spill

CONTINUATION, TEXT, CLOSE = 0, 1, 8

_OVERHEAD = 200  # bytes of memory that a message takes beside its payload
_SHARE = 4  # of what one socket may keep, no message takes more than one such part
_BLOCK = 65_536  # bytes of messages that go to a file together, and are let go together


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

    @property
    def is_text(self) -> bool:
        """Whether it is text in UTF-8, and no bytes."""
        return self.opcode == TEXT


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


@attrs.frozen(eq=False)
class _Block:
    """Some messages that were moved to a file."""

    place: Place
    count: int
    payload: int


@attrs.define(eq=False)
class SocketMessages:
    """Makes messages of frames and keeps the newest, the older ones of them maybe in a file.

    Attributes:
        newest: What the last frame has completed; ``None`` if more frames belong to it, and
            once there was a frame of another socket.
        kept: How many bytes of messages are here, in memory or in a file.
        held: How many bytes of memory they take.
        missing: How many of its messages, the oldest, are not here any more.
        cut: Why not; empty if none is missing.
    """

    newest: SocketMessage | None = None
    kept: int = 0
    held: int = 0
    missing: int = 0
    cut: str = ""
    _messages: deque[SocketMessage] = attrs.field(factory=deque[SocketMessage])
    _unfinished: dict[bool, _Unfinished] = attrs.field(factory=dict[bool, _Unfinished])
    _spill: Spill | None = None
    _blocks: deque[_Block] = attrs.field(factory=deque[_Block])
    _in_file: int = 0

    def __iter__(self) -> Iterator[SocketMessage]:
        moved = [message for block in tuple(self._blocks) for message in self._read(block)]
        return iter((*moved, *self._messages))

    def add(self, frame: SocketFrame, limit: int) -> None:
        """Take the next frame; the oldest messages go for it if all take more than *limit*."""
        self.newest = self._join(frame, limit // _SHARE)
        if self.newest is not None:
            self._messages.append(self.newest)
            self._count(_cost(self.newest), len(self.newest.data))
        while self.held + self._in_file > limit and (self._blocks or self._messages):
            self._lose_oldest(f"the limit for one WebSocket is {limit:,} bytes")

    def move(self, spill: Spill) -> Place | None:
        """Move the oldest of what is in memory to a file; give where it is, if there is anything.

        Of a message that is still to be completed nothing is kept any more.

        Raises:
            OSError: That can't be done.
        """
        self._drop_unfinished()
        if not self._messages:
            return None
        several = _first(self._messages)
        place = spill.write(msgpack.packb([attrs.astuple(each) for each in several]))
        self._spill = spill
        self._blocks.append(_Block(place, len(several), sum(len(each.data) for each in several)))
        self._in_file += place.length
        for message in several:
            self._messages.popleft()
            self._count(-_cost(message), 0)
        return place

    def lose(self, place: Place, reason: str) -> None:
        """Let go of what is at *place* in the file, and of all before it."""
        while self._blocks and self._blocks[0].place.begin <= place.begin:
            self._lose_oldest(reason)

    def drop(self, reason: str) -> None:
        """Let go of what is kept, because of *reason*."""
        while self._blocks or self._messages:
            self._lose_oldest(reason)
        self._drop_unfinished()

    def _lose_oldest(self, reason: str) -> None:
        self.cut = reason
        if self._blocks:
            self._lose(self._blocks.popleft())
            return
        oldest = self._messages.popleft()
        self.missing += 1
        self._count(-_cost(oldest), -len(oldest.data))

    def _lose(self, block: _Block) -> None:
        self.missing += block.count
        self.kept -= block.payload
        self._in_file -= block.place.length

    def _read(self, block: _Block) -> list[SocketMessage]:
        try:
            data = self._spill.read(block.place) if self._spill else b""
        except OSError as error:
            self._blocks.remove(block)
            self._lose(block)
            self.cut = f"they were moved to a file that can't be read: {error}"
            return []
        return [SocketMessage(*each) for each in msgpack.unpackb(data)]

    def _drop_unfinished(self) -> None:
        for message in self._unfinished.values():
            self._count(-len(message.data), -len(message.data))
            message.data.clear()

    def _count(self, memory: int, payload: int) -> None:
        self.held += memory
        self.kept += payload

    def _join(self, frame: SocketFrame, limit: int) -> SocketMessage | None:
        # A control frame may come between the frames of a message.
        if frame.opcode >= CLOSE or (frame.final and frame.sent not in self._unfinished):
            data = frame.data[:limit]
            return SocketMessage(frame.at, frame.opcode, data, frame.length, frame.sent)
        message = self._unfinished.setdefault(frame.sent, _Unfinished(frame.opcode))
        added = message.add(frame.data, frame.length, limit)
        self._count(added, added)
        if not frame.final:
            return None
        del self._unfinished[frame.sent]
        data = bytes(message.data)
        self._count(-len(data), -len(data))
        return SocketMessage(frame.at, message.opcode, data, message.length, frame.sent)


def _cost(message: SocketMessage) -> int:
    return len(message.data) + _OVERHEAD


def _first(messages: deque[SocketMessage]) -> list[SocketMessage]:
    """Give the first of *messages*, about a block of them."""
    several: list[SocketMessage] = []
    size = 0
    for message in messages:
        if several and size + _cost(message) > _BLOCK:
            break
        several.append(message)
        size += _cost(message)
    return several
