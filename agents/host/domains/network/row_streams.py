"""What comes of exchanges that are not HTTP bit by bit, as the tab EventStream shows it."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getattr_static

from ....link.messages import WorkChunk
from ...api.domain import Domain
from ...api.rows import StreamItem
from ...api.target import Target
from ...store.clock import seconds
from ...store.exchange import Exchange, read_chunks
from .websocket_types import EventSourceMessageReceived

MIME_TYPE = "text/event-stream"
"""DevTools shows the tab for rows of this type, and for no others."""


def items_of(
    target: Target, exchange: Exchange, event: WorkChunk | None = None
) -> Iterator[EventSourceMessageReceived]:
    """Give the items that the domain of *exchange* makes of what *event* brought, or of all."""
    owner = target.owner(exchange.lifecycle)
    if owner is None or getattr_static(owner, "items") is vars(Domain)["items"]:
        return
    for item in target.guard.call(owner.name, _items, owner, exchange, event) or ():
        yield EventSourceMessageReceived(
            request_id=exchange.id,
            timestamp=seconds(exchange.process, exchange.start.at + item.after),
            event_name=item.name,
            event_id="",
            data=item.data,
        )


def _items(owner: type[Domain], exchange: Exchange, event: WorkChunk | None) -> list[StreamItem]:
    chunks = read_chunks(event, object) if event else exchange.chunks(object)
    items = list(owner.items(exchange, chunks))
    for item in items:
        if not isinstance(item, StreamItem):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"items() gave {item!r:.100}, which is no StreamItem")
    return items
