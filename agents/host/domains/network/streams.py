"""The bodies that one front end streams."""

from __future__ import annotations

import base64

import attrs

from ...store.exchange import Exchange
from .types import DataReceived


class Streams:
    """Remembers which they are, and how many bytes of each are still wanted."""

    def __init__(self) -> None:
        # None for all that come.
        self._wanted: dict[tuple[int, int], int | None] = {}

    def __contains__(self, exchange: Exchange) -> bool:
        return exchange.key in self._wanted

    def begin(self, exchange: Exchange, so_far: bytes, limit: int | None) -> bytes:
        """Give what is wanted of the body *so_far*; of what comes it is the rest of *limit*."""
        given = so_far if limit is None else so_far[:limit]
        if exchange.end is None:
            self._wanted[exchange.key] = None if limit is None else limit - len(given)
        return given

    def wanted(self, exchange: Exchange, told: object) -> object:
        """Give *told*, an event of *exchange*, with no more bytes than are wanted."""
        left = self._wanted[exchange.key]
        if left is None or not isinstance(told, DataReceived) or told.data is None:
            return told
        data = base64.b64decode(told.data)[:left]
        self._wanted[exchange.key] = left - len(data)
        return attrs.evolve(told, data=base64.b64encode(data).decode("ascii") if data else None)

    def end(self, exchange: Exchange) -> None:
        """Take note that nothing more comes of *exchange*."""
        self._wanted.pop(exchange.key, None)

    def clear(self) -> None:
        """End all of them."""
        self._wanted.clear()
