"""Server-sent events: the channels ``sse.client.event`` and ``sse.server.event``.

An event stream is the body of an HTTP response, which has its own lifecycle;
these tell what is in it.  Times are nanoseconds of :func:`time.monotonic_ns`.
"""

from __future__ import annotations

import attrs

from ._channel import Channel
from ._registry import channel


@attrs.define(eq=False)
class StreamEvent:
    """One event of an event stream, parsed.

    Attributes:
        id: The HTTP exchange whose response this is.
        at: When its last line was read or written, in nanoseconds.
        event: The event's type; ``"message"`` where it names none.
        data: Its data lines, joined by line feeds.
        event_id: The last event id when it came; empty if there was none.
        retry: The reconnection time it sets, in milliseconds; ``None`` if it sets none.
    """

    id: int
    at: int
    event: str
    data: str
    event_id: str = ""
    retry: int | None = None


received: Channel[StreamEvent] = channel("sse.client.event", StreamEvent)
"""Events that this process reads."""

sent: Channel[StreamEvent] = channel("sse.server.event", StreamEvent)
"""Events that this process writes."""
