from __future__ import annotations

from typing import Any

import attrs

from ._subscription import Subscriber

EVENTS = ("start", "end", "async_start", "async_end", "error")


@attrs.frozen(kw_only=True)
class TraceHandlers:
    """Subscribers of a tracing channel, each for the event it is named for."""

    start: Subscriber[Any] | None = None
    end: Subscriber[Any] | None = None
    async_start: Subscriber[Any] | None = None
    async_end: Subscriber[Any] | None = None
    error: Subscriber[Any] | None = None

    def items(self) -> list[tuple[str, Subscriber[Any]]]:
        """Give those that there are, by event."""
        given = ((event, getattr(self, event)) for event in EVENTS)
        return [(event, subscriber) for event, subscriber in given if subscriber is not None]
