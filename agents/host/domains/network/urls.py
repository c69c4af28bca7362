"""The URLs of rows, told apart where DevTools would take one row for another."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from ....link.messages import RequestStarted, WorkStarted
from ...api.rows import Row
from ...api.target import Target
from ...store.exchange import Exchange
from .shown import row_of

MAX_URLS = 20_000
"""How many URLs are known to be taken; from then on any other counts as taken."""


class RowUrls:
    """Gives rows their URLs; a row keeps its own.

    DevTools looks for the parent of a row by its URL, and takes the first row
    that has it.  So a row that may be a parent is told apart by a fragment,
    ``#PROCESS.ID``, if its URL is taken; the column Name leaves fragments out.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        # By a URL's hash the first exchange to have it: two of one hash get a fragment in vain.
        self._first: dict[int, int] = {}
        self._seen = 0
        self._given: WeakKeyDictionary[Exchange, str] = WeakKeyDictionary()

    def of(self, exchange: Exchange, row: Row | None = None) -> str | None:
        """Give the URL of *exchange*, whose *row* may be at hand; ``None`` if it has no row."""
        start = exchange.start
        if isinstance(start, RequestStarted) and not exchange.children:
            # Few requests cause others, and those do it before they are answered.
            return start.url
        given = self._given.get(exchange)
        if given is not None:
            return given
        if not isinstance(start, WorkStarted):
            return self._give(exchange, start.url)
        row = row or row_of(self._target, exchange)
        return self._give(exchange, row.url) if row else None

    def _give(self, exchange: Exchange, url: str) -> str:
        given = _marked(exchange, url) if self._is_taken(exchange, url) else url
        self._given[exchange] = given
        return given

    def _is_taken(self, exchange: Exchange, url: str) -> bool:
        self._see_requests_before(exchange)
        return self._first_of(exchange, url) != exchange.sequence

    def _see_requests_before(self, exchange: Exchange) -> None:
        """Take note of the requests whose URLs are theirs without being given."""
        for older in self._target.history(after=self._seen):
            if older.sequence >= exchange.sequence:
                break
            self._seen = older.sequence
            if isinstance(older.start, RequestStarted):
                self._first_of(older, older.start.url)

    def _first_of(self, exchange: Exchange, url: str) -> int | None:
        key = hash(url)
        first = self._first.get(key)
        if first is None and len(self._first) < MAX_URLS:
            first = self._first[key] = exchange.sequence
        return first


def _marked(exchange: Exchange, url: str) -> str:
    # Not by the exchange's public id, which a chain of redirects shares.
    return f"{url}#{exchange.process.number}.{exchange.start.id}"
