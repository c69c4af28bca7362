"""How far a row has been told that is not complete yet."""

from __future__ import annotations

import attrs

from ...api.rows import Row
from ...store.exchange import Exchange

_PAUSE = 100_000_000
_PAUSE_PER_BYTE = 1_000
_SMALL = 65_536


@attrs.frozen
class Added:
    """What a body has gained: how many bytes, and the text itself for those who stream it."""

    length: int
    data: str | None = None


@attrs.define(eq=False)
class RowLoading:
    """What front ends know of a row whose exchange goes on.

    Attributes:
        row: The newest.
        answered_at: When the first of the outcome was there, in the process's monotonic
            nanoseconds; ``None`` while nothing is.
        counted: How many bytes of its body were told.
        streamed: What was streamed of its body; ``None`` if nobody asked for it.
        shown_at: When the newest row was made.
    """

    row: Row
    answered_at: int | None
    counted: int
    shown_at: int
    streamed: str | None = None

    @classmethod
    def before(cls, exchange: Exchange, row: Row) -> RowLoading:
        """Make that of an exchange of which only the start is told."""
        answered_at = exchange.response.at if exchange.response else None
        return cls(row, answered_at if exchange.end else None, 0, exchange.start.at)

    @classmethod
    def now(cls, exchange: Exchange, row: Row) -> RowLoading:
        """Make that of an exchange of which all is told so far."""
        answered = exchange.response is not None or exchange.response_body.length > 0
        answered_at = exchange.response.at if exchange.response else exchange.last_at
        return cls(
            row,
            answered_at if answered else None,
            len(row.body.encode()) if answered else 0,
            exchange.last_at,
        )

    def is_due(self, exchange: Exchange) -> bool:
        """Whether to make the row anew for another chunk.

        That takes the longer the more chunks there are, so it is done the less often.
        """
        kept = exchange.response_body.kept
        if self.streamed is not None and kept < _SMALL:
            return True
        return exchange.last_at - self.shown_at >= _PAUSE + kept * _PAUSE_PER_BYTE

    def begin_streaming(self, row: Row | None) -> str:
        """Give what is streamed from the beginning of the body to now."""
        if self.streamed is None:
            self.row = row or self.row
            self.streamed = _lasting(self.row)
        return self.streamed

    def advance(self, at: int) -> Added:
        """Take note that all of the newest row is told."""
        self.shown_at = at
        return self._add(_lasting(self.row))

    def complete(self) -> Added:
        """Take note that all of the last row is told."""
        return self._add(self.row.body)

    def _add(self, text: str) -> Added:
        length = len(self.row.body.encode())
        added = max(length - self.counted, 0)
        self.counted += added
        if self.streamed is None or not text.startswith(self.streamed):
            return Added(added)
        data = text[len(self.streamed) :]
        self.streamed = text
        return Added(added, data)


def _lasting(row: Row) -> str:
    """Give what of the body more can be appended to: of JSON all but the brackets that close it."""
    return row.body.rstrip("]}") if row.body[:1] in "[{" else row.body
