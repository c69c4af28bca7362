"""How long the end-to-end tests wait for something to come about, and how they ask for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

_PATIENCE = 60.0
_TICK = 0.05


def ticks(seconds: float = _PATIENCE) -> Iterator[None]:
    """Tick every 50 ms, until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(_TICK)


def wait(read: Callable[[], T], wanted: Callable[[T], object] = bool) -> T:
    """Read until what was read is as wanted, and return it.

    Raises:
        AssertionError: it never was; the message has what was read last.
    """
    seen = read()
    for _ in ticks():
        if wanted(seen):
            return seen
        seen = read()
    raise AssertionError(f"not as wanted within {_PATIENCE:.0f} s: {seen!r}")
