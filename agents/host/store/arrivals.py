"""When the bytes of a body came."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

MAX_ARRIVALS = 50_000
"""So many times are kept for one body; what comes after the last counts as come with it."""


@attrs.define(eq=False)
class Arrivals:
    """The times of a body's pieces, in the process's monotonic nanoseconds."""

    _ends: list[int] = attrs.field(factory=list[int])
    _times: list[int] = attrs.field(factory=list[int])

    def add(self, end: int, at: int) -> bool:
        """Take note that the body has *end* bytes at the time *at*; whether that takes memory."""
        if len(self._ends) >= MAX_ARRIVALS:
            self._ends[-1] = end
            return False
        self._ends.append(end)
        self._times.append(at)
        return True

    def pieces(self, body: bytes) -> Iterator[tuple[int, bytes]]:
        """Give the pieces of *body*, or of what is kept of it, each with its time."""
        begin = 0
        for end, at in zip(self._ends, self._times, strict=True):
            if begin >= len(body):
                return
            yield at, body[begin:end]
            begin = end
