"""What was recorded of an exchange, as events of the Network domain."""

from __future__ import annotations

from collections.abc import Iterator

from ....link.messages import Event, RequestReceived, RequestStarted, SocketOpening, WorkStarted
from ...api.target import Target
from ...store.exchange import Exchange
from .bodies import HttpBodies
from .http_translation import HttpTranslator
from .initiators import Initiators
from .row_translation import RowTranslator
from .urls import RowUrls
from .websocket_translation import WebSocketTranslator


class Translator:
    """Turns exchanges of all kinds into events, the same for every session."""

    def __init__(self, target: Target) -> None:
        urls = target.shared(RowUrls)
        initiators = Initiators(target, urls)
        self._http = HttpTranslator(urls, initiators)
        self._rows = RowTranslator(target, urls, initiators)
        self._sockets = WebSocketTranslator(urls, initiators)

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what a session that comes late has missed of *exchange*."""
        if isinstance(exchange.start, WorkStarted):
            return self._rows.history(exchange)
        if isinstance(exchange.start, SocketOpening):
            return self._sockets.history(exchange)
        return self._http.history(exchange) if _is_http(exchange) else iter(())

    def live(self, exchange: Exchange, event: Event, *, streaming: bool) -> Iterator[object]:
        """Give what *event*, the newest of *exchange*, means; *streaming* with its bytes."""
        if isinstance(exchange.start, WorkStarted):
            return self._rows.live(exchange, event)
        if isinstance(exchange.start, SocketOpening):
            return self._sockets.live(exchange, event)
        if _is_http(exchange):
            return self._http.live(exchange, event, streaming=streaming)
        return iter(())

    def buffered(self, exchange: Exchange) -> bytes:
        """Give what there is of the response's body, for one who streams it from now on."""
        if isinstance(exchange.start, WorkStarted):
            return self._rows.buffered(exchange)
        return HttpBodies(exchange).decoded() if _is_http(exchange) else b""

    def forget(self) -> None:
        """Let go of what was remembered, as from now on events are going to be missed."""
        self._http.forget()
        self._rows.forget()


def _is_http(exchange: Exchange) -> bool:
    return isinstance(exchange.start, RequestStarted | RequestReceived)
