"""Event streams, redacted event by event as they come."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(r"\r\n|\n|\r")
_LONGEST_END = 4
_LONGEST = 1_000_000


class EventStreamRedactor:
    """Holds back an event until it is whole.

    Args:
        shown: Gives the data of an event without secrets.
    """

    def __init__(self, shown: Callable[[str], str]) -> None:
        self._shown = shown
        self._waiting = bytearray()
        self._lost = self._torn = False

    def lose(self) -> None:
        """Take note that a piece is missing; what is left of its event is not shown."""
        self._waiting.clear()
        self._torn = True

    def feed(self, data: bytes) -> bytes:
        """Give the events that are whole by now, without secrets."""
        if self._lost:
            return b""
        searched = max(len(self._waiting) - _LONGEST_END + 1, 0)
        self._waiting += data
        ends = [found.end() for found in _END.finditer(self._waiting, searched)]
        if not ends:
            return self._wait()
        first, self._torn = (ends[0] if self._torn else 0), False
        events = bytes(self._waiting[: ends[-1]])
        del self._waiting[: ends[-1]]
        starts = [first, *(end for end in ends if end > first)]
        return b"".join(self._event(events[begin:end]) for begin, end in pairwise(starts))

    def end(self) -> bytes:
        """Give what is left, which is no whole event."""
        rest = bytes(self._waiting)
        self._waiting.clear()
        return self._event(rest) if rest and not self._torn else b""

    def _wait(self) -> bytes:
        if len(self._waiting) <= _LONGEST:
            return b""
        self._lost = True
        self._waiting.clear()
        return b": [redacted: an event is too long]\n\n"

    def _event(self, event: bytes) -> bytes:
        lines = _LINE.split(event.decode("utf-8", "replace"))
        others = [line for line in lines if line and not line.startswith("data")]
        data = [line for line in lines if line.startswith("data")]
        texts = [line[4:].removeprefix(":").removeprefix(" ") for line in data]
        shown = [*map(self._shown, others)]
        if data:
            shown += [f"data: {line}" for line in self._shown("\n".join(texts)).split("\n")]
        return "".join(f"{line}\n" for line in [*shown, ""]).encode()
