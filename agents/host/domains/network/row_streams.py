"""What comes of exchanges that are not HTTP bit by bit, as the tab EventStream shows it."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getattr_static

from ....link.plain import unpack
from ...clock import seconds
from ...domain import Domain
from ...exchange import Exchange
from ...rows import StreamItem
from ...target import Target
from .websocket_types import EventSourceMessageReceived

MIME_TYPE = "text/event-stream"
"""DevTools shows the tab for rows of this type, and for no others."""


def items_so_far(target: Target, exchange: Exchange) -> Iterator[EventSourceMessageReceived]:
    """Give the items of what is kept of *exchange*."""
    return items_in(target, exchange, exchange.response_body.data())


def items_in(
    target: Target, exchange: Exchange, packed: bytes
) -> Iterator[EventSourceMessageReceived]:
    """Give the items that the domain of *exchange* makes of the chunks in *packed*."""
    owner = target.owner(exchange.lifecycle)
    if owner is None or getattr_static(owner, "items") is vars(Domain)["items"]:
        return
    for item in target.guard.call(owner.name, _items, owner, exchange, packed) or ():
        yield EventSourceMessageReceived(
            request_id=exchange.id,
            timestamp=seconds(exchange.process, exchange.start.at + item.after),
            event_name=item.name,
            event_id="",
            data=item.data,
        )


def _items(owner: type[Domain], exchange: Exchange, packed: bytes) -> list[StreamItem]:
    items = list(owner.items(exchange, unpack(packed)))
    for item in items:
        if not isinstance(item, StreamItem):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"items() gave {item!r:.100}, which is no StreamItem")
    return items
