"""Processes' clocks, made comparable."""

from __future__ import annotations

from .process import Process

_NANOSECONDS = 1_000_000_000


def seconds(process: Process, at: int) -> float:
    """Turn *process*'s monotonic nanoseconds into seconds since 1970.

    CDP's timestamps are of a monotonic clock whose zero is nobody's business.
    Anchored to 1970 they are right also where DevTools has no wall time beside.
    """
    return (process.epoch + at) / _NANOSECONDS
