"""What caused an exchange, as the column and the tab Initiator show it."""

from __future__ import annotations

from ...api.target import Target
from ...store.exchange import Exchange
from . import types
from .urls import RowUrls

LOADER = "tapscope"
"""One for all: a loader whose id is a request's own marks a page that is being loaded."""

MAX_HIDDEN = 100
"""How many exchanges without a row may lie between one that has one and its parent."""


class Initiators:
    """Gives initiators: the Python stack, and the exchange that this one is part of."""

    def __init__(self, target: Target, urls: RowUrls) -> None:
        self._target = target
        self._urls = urls

    def of(self, exchange: Exchange) -> types.Initiator:
        """Give the initiator of *exchange*.

        DevTools draws the stack whatever the type, and finds the parent by its URL.
        """
        stack = self._target.stack_trace(exchange)
        if exchange.start.parent is not None:
            parent, url = self._shown_parent(exchange)
            if parent is not None:
                return types.Initiator(type="parser", stack=stack, url=url, request_id=parent.id)
        return types.Initiator(type="script" if stack else "other", stack=stack)

    def _shown_parent(self, exchange: Exchange) -> tuple[Exchange | None, str | None]:
        """Give the nearest exchange that has a row among those that caused *exchange*."""
        parent = self._target.parent(exchange)
        for _ in range(MAX_HIDDEN):
            if parent is None or parent is exchange:
                break
            url = self._urls.of(parent)
            if url is not None:
                return parent, url
            parent = self._target.parent(parent)
        return None, None
