"""What is on its way to the host: in the queue first, then in the link."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from ..link import Carrier, Encoder
from ..link.messages import MAGIC, Dropped, Goodbye, Hello, Message
from .queue import EventQueue

if TYPE_CHECKING:
    from .redacting import Redaction

BATCH = 128 * 1024
"""Bytes of encoded messages that may wait for the link; the rest stays queued."""


class Outgoing:
    """Writes what is in a queue, and messages beside it, to a link.

    One lock guards all calls but :meth:`add`, which any thread may call.

    Args:
        carrier: The link, which has not been written to.
        hello: The first message.

    Attributes:
        redaction: Hides from now on what the host is not to be told.
        taken: How many bytes the host has been sent so far.
    """

    def __init__(
        self, carrier: Carrier, queue: EventQueue, hello: Hello, redaction: Redaction | None
    ) -> None:
        self.redaction: Redaction | None = redaction
        self.taken: int = 0
        self._carrier = carrier
        self._queue = queue
        self._beside: deque[bytes] = deque()
        self._dropped = Dropped(0, 0)
        self._over = False
        self._unsent = memoryview(MAGIC + Encoder().encode(hello))

    def add(self, message: Message) -> None:
        """Take *message*, which goes before the events that wait; never waits itself."""
        # By an encoder of its own, as two threads can't share one.
        self._beside.append(Encoder().encode(message))

    def write(self) -> bool:
        """Write as much as the link takes at once; whether nothing is left.

        Raises:
            LinkClosed: The host is gone.
        """
        while self._unsent or self._collect():
            if not self._send():
                return False
        return True

    def break_off(self) -> None:
        """Say goodbye to a host that takes nothing any more, in place of all that waits for it.

        Nothing is written behind that.

        Raises:
            LinkClosed: The host is gone.
        """
        self._over = True
        self.add(self._queue.dropped())
        self.add(Goodbye(len(self._queue)))
        # What was begun has to be whole, or nothing behind it can be read.
        self._unsent = memoryview(b"".join([self._unsent, *self._take_beside()]))
        self._carrier.make_room()
        while self._unsent and self._send():
            pass

    def _send(self) -> bool:
        count = self._carrier.write(self._unsent)
        self.taken += count
        self._unsent = self._unsent[count:]
        return count > 0

    def _collect(self) -> bool:
        """Take the next bytes to write; whether there are any."""
        if self._over:
            return False
        queue, batch, size = self._queue, self._take_beside(), 0
        redaction = self.redaction
        while size < BATCH and (taken := queue.take()):
            if redaction is not None:
                taken = list(map(redaction.shown, taken))
            batch += taken
            size += sum(map(len, taken))
        dropped = queue.dropped()
        if dropped != self._dropped:
            self._dropped = dropped
            batch.append(Encoder().encode(dropped))
        self._unsent = memoryview(b"".join(batch))
        return len(self._unsent) > 0

    def _take_beside(self) -> list[bytes]:
        return [self._beside.popleft() for _ in range(len(self._beside))]
