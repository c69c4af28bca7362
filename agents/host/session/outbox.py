"""What waits for a front end."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator

import attrs

MAX_BYTES = 64 * 1024 * 1024
"""Of all that may wait for a front end; one that does not read is given up then."""
MAX_EVENT_BYTES = 16 * 1024 * 1024
"""Of the events of one domain; what comes beyond is dropped, and counted."""
MAX_LOSSY_BYTES = MAX_BYTES // 2
"""Of all that waits, while it takes events that may be dropped: the rest is for what may not."""


@attrs.frozen
class _Waiting:
    message: bytes
    domain: str


class Outbox:
    """Messages on their way to a front end, bounded by bytes, for each domain and for all.

    Args:
        wake: Called when there is something to take.
        on_dropped: Called with a domain's name and how many of its events were dropped so
            far, each time that has doubled.

    Attributes:
        overflowed: Whether more waits than may; nothing is added any more.
    """

    def __init__(
        self, wake: Callable[[], object], on_dropped: Callable[[str, int], object]
    ) -> None:
        self.overflowed: bool = False
        self._wake = wake
        self._on_dropped = on_dropped
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._bytes_of: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._replays: dict[str, Iterator[list[bytes]]] = {}

    def add(self, message: bytes) -> None:
        """Leave *message*, whatever waits already."""
        self._add(_Waiting(message, ""))

    def add_event(self, domain: str, message: bytes, *, lossless: bool) -> None:
        """Leave an event of *domain*, unless it is not *lossless* and too many wait already."""
        if lossless or self._has_room(domain):
            self._add(_Waiting(message, domain))
            return
        self._dropped[domain] += 1
        count = self._dropped[domain]
        if count & (count - 1) == 0:
            self._on_dropped(domain, count)

    def replay(self, domain: str, batches: Iterator[list[bytes]] | None) -> None:
        """Have *batches* of *domain*, in place of those before, taken as nothing else waits."""
        self._replays.pop(domain, None)
        if batches is not None:
            self._replays[domain] = batches
            self._wake()

    def is_replaying(self, domain: str) -> bool:
        """Whether batches of *domain* are still to be taken."""
        return domain in self._replays

    def take(self, limit: int) -> list[bytes]:
        """Give the next messages, of about *limit* bytes in all; none if none wait."""
        taken: list[bytes] = []
        size = 0
        while size < limit and (self._queue or self._refill()):
            waiting = self._queue.popleft()
            self._count(waiting, -len(waiting.message))
            size += len(waiting.message)
            taken.append(waiting.message)
        return taken

    def _has_room(self, domain: str) -> bool:
        return self._bytes_of[domain] <= MAX_EVENT_BYTES and self._bytes <= MAX_LOSSY_BYTES

    def _refill(self) -> bool:
        while self._replays and not self._queue:
            domain, batches = next(iter(self._replays.items()))
            batch = next(batches, None)
            for message in batch or ():
                self._append(_Waiting(message, ""))
            # It may have been replaced by what making it has caused.
            if batch is None and self._replays.get(domain) is batches:
                del self._replays[domain]
        return bool(self._queue)

    def _add(self, waiting: _Waiting) -> None:
        # Before this message: one alone may be longer than that.
        if self._bytes > MAX_BYTES:
            self.overflowed = True
        if not self.overflowed:
            self._append(waiting)
        self._wake()

    def _append(self, waiting: _Waiting) -> None:
        self._queue.append(waiting)
        self._count(waiting, len(waiting.message))

    def _count(self, waiting: _Waiting, length: int) -> None:
        self._bytes += length
        self._bytes_of[waiting.domain] += length
