"""What the lifecycles ``native`` and ``native.counts`` tell, as it comes over the link."""

from __future__ import annotations

from typing import Any

import attrs

CALLS = "native"
COUNTS = "native.counts"

Plain = Any
"""Plain data: what a value of the program was rendered to."""


@attrs.frozen
class Started:
    """See :class:`tapscope.channels.native.CallStarted`, and ``CountingStarted``."""

    library: str
    function: str
    kind: str
    arguments: Plain = None
    keywords: Plain = None
    locked: bool | None = None
    slow_after: int | None = None


@attrs.frozen
class Returned:
    """See :class:`tapscope.channels.native.CallReturned`."""

    result: Plain = None


@attrs.frozen
class CalledBack:
    """See :class:`tapscope.channels.native.CalledBack`."""

    function: str
    data: Plain = None
    elapsed: int = 0
    thread: str = ""


@attrs.frozen
class Finished:
    """See :class:`tapscope.channels.native.CallFinished`."""

    result: Plain = None
    errno: int | None = None
    items: int = 0


@attrs.frozen
class Counted:
    """See :class:`tapscope.channels.native.CallsCounted`."""

    calls: int
    failed: int
    total: int
    longest: int
    sample: list[int] = attrs.field(factory=list[int])
