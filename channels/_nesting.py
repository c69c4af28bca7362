"""How deep a channel publishes inside its own publish.

A subscriber that publishes to its own channel, directly or by way of what it
does, would go on until the interpreter's stack is full, and two of them would
never end.  A publish can't afford to count.  It leaves a mark while it runs;
only one that finds the mark, hence one that is nested or meets another thread,
comes here and counts the frames of its own thread.
"""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

DEEPEST = 8
"""How many publishes of one channel may be inside one another."""


def entries_in_progress(channel: object, publish: CodeType) -> list[Any]:
    """Give the entries that *channel* is calling in this thread, innermost first."""
    # The publish that asks has called nobody yet, and so is not counted.
    frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    entries: list[Any] = []
    while frame is not None:
        if frame.f_code is publish:
            found = frame.f_locals
            if found.get("self") is channel and "entry" in found:
                entries.append(found["entry"])
        frame = frame.f_back
    return entries
