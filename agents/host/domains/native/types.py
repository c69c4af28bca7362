"""The types and events of the Native domain.

Timestamps are seconds since 1970, durations milliseconds; ids of calls are those
of their rows in the Network domain.
"""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Call:
    """A call of a function; *locked* tells whether the interpreter lock is held meanwhile.

    *elapsed* is how long it has gone on, or took.
    """

    call_id: str
    library: str
    function: str
    kind: str
    process: int
    thread: str
    timestamp: float
    elapsed: float
    arguments: Any = None
    keywords: Any = None
    locked: bool | None = None
    parent_id: str | None = None


@attrs.frozen(kw_only=True)
class FunctionStatistics:
    """How long the calls of a function took; *counted* of them were not told one by one."""

    library: str
    function: str
    count: int
    counted: int
    failed: int
    total: float
    p50: float
    p95: float
    max: float


@attrs.frozen(kw_only=True)
class Calls:
    """Calls, the oldest first."""

    calls: list[Call]


@attrs.frozen(kw_only=True)
class StatisticsResult:
    """Statistics, those first that took longest in total."""

    statistics: list[FunctionStatistics]


@attrs.frozen(kw_only=True)
class CallStarted:
    """A function is about to be called."""

    call: Call


@attrs.frozen(kw_only=True)
class CalledBack:
    """Native code has called *function*, or with an empty one has given an item."""

    call_id: str
    timestamp: float
    function: str
    data: Any = None


@attrs.frozen(kw_only=True)
class CallFinished:
    """A function has returned, and its stream is over."""

    call_id: str
    timestamp: float
    duration: float
    items: int
    result: Any = None
    errno: int | None = None


@attrs.frozen(kw_only=True)
class CallFailed:
    """A call has ended with an error."""

    call_id: str
    timestamp: float
    duration: float
    error_text: str


@attrs.frozen(kw_only=True)
class CallsCounted:
    """So many calls of a function were only counted, as there are too many to tell each."""

    library: str
    function: str
    process: int
    timestamp: float
    calls: int
    failed: int
    total: float
    max: float


@attrs.frozen(kw_only=True)
class SlowCall:
    """A call took as long as the threshold, or longer; *duration* is how long it has by now."""

    call: Call
    duration: float
