"""Links that behave as a test says, and what came through them."""

from __future__ import annotations

import threading

import attrs

from tapscope.agents.link import Decoder, LinkClosed
from tapscope.agents.link.messages import Hello, Message

HELLO = Hello("secret", "program", 7, "title")


def hello() -> Hello:
    return HELLO


@attrs.define(eq=False)
class FakeCarrier:
    """Takes at most *room* bytes in a write, and *capacity* in all until it is changed.

    Attributes:
        closes_after: How many bytes it takes before the host is gone.
        between_processes: See the real ones.
        grows: How many more bytes it takes after each time that it took none.
        last_words: How many more bytes it takes when it is to make room.
        taken: All bytes that the host got.
        arriving: What the program's side reads next.
    """

    room: int = 1_000_000
    capacity: int = 1_000_000_000
    closes_after: int = 1_000_000_000
    between_processes: bool = False
    grows: int = 0
    last_words: int = 0
    taken: bytearray = attrs.field(factory=bytearray)
    arriving: list[bytes] = attrs.field(factory=list[bytes])
    closed: bool = False
    _moved: threading.Event = attrs.field(factory=threading.Event)

    def write(self, data: memoryview) -> int:
        if self.closed or len(self.taken) >= self.closes_after:
            raise LinkClosed("the host is gone")
        limit = min(self.room, self.capacity - len(self.taken), self.closes_after - len(self.taken))
        self.taken += data[: max(limit, 0)]
        if limit <= 0:
            self.capacity += self.grows
        return min(len(data), max(limit, 0))

    def make_room(self) -> None:
        self.capacity += self.last_words

    def read(self) -> bytes:
        if self.closed:
            raise LinkClosed("the host is gone")
        return self.arriving.pop(0) if self.arriving else b""

    def wait(self, seconds: float, *, writing: bool) -> None:
        del writing
        self._moved.wait(min(seconds, 0.001))

    def wake(self) -> None:
        self._moved.set()

    def close(self) -> None:
        self.closed = True

    @property
    def messages(self) -> list[Message]:
        """All whole messages that the host got."""
        return list(Decoder(magic=True).feed(bytes(self.taken)))
