"""The clock of all events: nanoseconds that only go forward, of no particular date.

Read it as ``clock.now()``, through the module, so that
:func:`tapscope.channels.testing.fake_clock` can put another one in its place.
"""

from __future__ import annotations

from time import monotonic_ns as now

__all__ = ["now"]
