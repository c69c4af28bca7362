"""What was recorded of an exchange, as an entry."""

from __future__ import annotations

from urllib.parse import urldefrag

import attrs

from ...link.messages import (
    ExchangeFailed,
    RequestReceived,
    RequestStarted,
    SocketOpening,
)
from ..api.target import Target
from ..domains.network.initiators import Initiators
from ..domains.network.row_translation import failed
from ..domains.network.types import Initiator
from ..domains.network.urls import RowUrls
from ..domains.network.websocket_translation import WebSocketTranslator
from ..store.clock import seconds
from ..store.exchange import Exchange
from .dates import iso
from .http import Http, http
from .pages import page_id
from .sockets import Socket, socket
from .timings import timings
from .values import Entry

_UNFINISHED = "the recording has ended before this did"


class Entries:
    """Makes entries of exchanges of HTTP, and of WebSockets, on either side."""

    def __init__(self, target: Target) -> None:
        urls = target.shared(RowUrls)
        self._initiators = Initiators(target, urls)
        self._sockets = WebSocketTranslator(urls, self._initiators)

    def of(self, exchange: Exchange) -> Entry | None:
        """Give the entry of *exchange* as it is now; ``None`` if it is of another kind.

        One that has not ended says so in its ``_error``.
        """
        if isinstance(exchange.start, RequestStarted | RequestReceived):
            return self._entry(exchange, http(exchange, _error(exchange)))
        if isinstance(exchange.start, SocketOpening):
            events = list(self._sockets.history(exchange))
            return self._entry(exchange, socket(exchange, events, _error(exchange)))
        return None

    def _entry(self, exchange: Exchange, told: Http | Socket) -> Entry:
        phases = timings(exchange)
        return Entry(
            pageref=page_id(exchange.process),
            started_date_time=iso(seconds(exchange.process, exchange.start.at)),
            time=round(phases.total, 3),
            timings=phases,
            initiator=self._initiator(exchange),
            **attrs.asdict(told, recurse=False),
        )

    def _initiator(self, exchange: Exchange) -> Initiator:
        initiator = self._initiators.of(exchange)
        # The file's URLs have no fragment, by which the parent would not be found.
        url = None if initiator.url is None else urldefrag(initiator.url).url
        return attrs.evolve(initiator, url=url)


def _error(exchange: Exchange) -> str | None:
    if exchange.end is None:
        return _UNFINISHED
    if isinstance(exchange.end, ExchangeFailed):
        return failed(exchange, exchange.end, "Other").error_text
    return None
