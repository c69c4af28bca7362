"""What tapscope itself has to say, for the Console."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from time import time
from typing import Literal

import attrs


@attrs.frozen
class Notice:
    """Something tapscope itself has to say; *at* is in seconds since 1970."""

    level: Literal["info", "warning"]
    text: str
    process: int
    at: float


class Notices:
    """The newest notices, oldest first."""

    def __init__(self, limit: int = 200) -> None:
        self._notices: deque[Notice] = deque(maxlen=limit)

    def __iter__(self) -> Iterator[Notice]:
        return iter(tuple(self._notices))

    def add(self, level: Literal["info", "warning"], text: str, process: int) -> Notice:
        """Keep a notice about a process; DevTools drops one that repeats text and time."""
        notice = Notice(level, text, process, time())
        self._notices.append(notice)
        return notice
