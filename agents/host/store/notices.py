"""What tapscope itself has to say, for the Console."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from time import time
from typing import Literal

import attrs

Level = Literal["info", "warning"]

MAX_CHARACTERS = 10_000
"""Of one notice."""


@attrs.frozen
class Notice:
    """Something tapscope itself has to say; *at* is in seconds since 1970."""

    level: Level
    text: str
    process: int
    at: float


class Notices:
    """The newest notices, oldest first; of those that come too fast the rest is counted."""

    def __init__(
        self, limit: int = 200, each_second: int = 1000, clock: Callable[[], float] = time
    ) -> None:
        self._clock = clock
        self._notices: deque[Notice] = deque(maxlen=limit)
        self._each_second = each_second
        self._second = 0
        self._said = self._left_out = 0

    def __iter__(self) -> Iterator[Notice]:
        return iter(tuple(self._notices))

    def add(self, level: Level, text: str, process: int) -> Notice | None:
        """Keep a notice about a process; ``None`` if there were too many in this second.

        DevTools drops one that repeats text and time.
        """
        now = self._clock()
        if int(now) != self._second:
            self._second, self._said = int(now), 0
        self._said += 1
        if self._said > self._each_second:
            self._left_out += 1
            return None
        if self._left_out:
            text, self._left_out = f"{text} ({self._left_out:,} others were left out before)", 0
        notice = Notice(level, text[:MAX_CHARACTERS], process, now)
        self._notices.append(notice)
        return notice
