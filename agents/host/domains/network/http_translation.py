"""Exchanges of HTTP, on either side, as events of the Network domain."""

from __future__ import annotations

import base64
import functools
import ipaddress
from collections.abc import Iterator
from weakref import WeakKeyDictionary

import attrs

from ....link.messages import (
    BodyChunk,
    End,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
)
from ...content.decoding import ContentDecoder
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types
from .bodies import HttpBodies
from .cookies import sent_cookies
from .event_streams import EventStream, events_so_far
from .headers import joined
from .heads import RequestHead, ResponseHead
from .initiators import LOADER, Initiators
from .row_translation import failed
from .urls import RowUrls


@attrs.frozen
class _Loading:
    """What is remembered from one event of a loading exchange to the next."""

    decoder: ContentDecoder
    head_length: int
    stream: EventStream | None


class HttpTranslator:
    """Turns exchanges of ``http.client`` and ``http.server`` into events."""

    def __init__(self, urls: RowUrls, initiators: Initiators) -> None:
        self._urls = urls
        self._initiators = initiators
        # Weak, since an exchange may be forgotten before it ends.
        self._loading: WeakKeyDictionary[Exchange, _Loading] = WeakKeyDictionary()

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what a session that comes late has missed of *exchange*."""
        yield from self._started(exchange)
        if exchange.response is not None:
            yield from self._responded(exchange)
        if exchange.response_body.length:
            yield _received_so_far(exchange)
            yield from events_so_far(exchange)
        if exchange.end is not None:
            yield self._ended(exchange, exchange.end)

    def forget(self) -> None:
        """Let go of what was remembered, as from now on events are going to be missed."""
        self._loading.clear()

    def live(self, exchange: Exchange, event: Event, *, streaming: bool) -> Iterator[object]:
        """Give what *event*, the newest of *exchange*, means; *streaming* with its bytes."""
        if isinstance(event, RequestStarted | RequestReceived):
            yield from self._started(exchange)
        elif isinstance(event, ResponseStarted | ResponseSent):
            yield from self._responded(exchange)
        elif isinstance(event, BodyChunk):
            if event.sent is (exchange.lifecycle == "http.server"):
                yield from self._received(exchange, event, streaming=streaming)
        elif isinstance(event, ExchangeFinished | ExchangeFailed):
            yield self._ended(exchange, event)

    def _started(self, exchange: Exchange) -> Iterator[object]:
        head = RequestHead.of(exchange)
        url = self._url(exchange)
        before = self._redirect_response(exchange)
        began = seconds(exchange.process, exchange.start.at)
        yield types.RequestWillBeSent(
            request_id=exchange.id,
            loader_id=LOADER,
            document_url=url,
            request=head.request(url),
            timestamp=began,
            wall_time=began,
            initiator=self._initiators.of(exchange),
            redirect_has_extra_info=before is not None,
            redirect_response=before,
            type=_type(exchange),
        )
        yield types.RequestWillBeSentExtraInfo(
            request_id=exchange.id,
            associated_cookies=sent_cookies(head.pairs),
            headers=head.headers,
            connect_timing=types.ConnectTiming(request_time=began),
        )

    def _responded(self, exchange: Exchange) -> Iterator[object]:
        head = ResponseHead.of(exchange)
        if head is None:
            return
        response = head.response(self._url(exchange))
        if head.early_hints:
            yield types.ResponseReceivedEarlyHints(
                request_id=exchange.id, headers=joined(head.early_hints)
            )
        yield types.ResponseReceivedExtraInfo(
            request_id=exchange.id,
            blocked_cookies=[],
            headers=head.headers,
            resource_ip_address_space=_address_space(
                head.connection.remote_address if head.connection else None
            ),
            status_code=response.status,
            headers_text=head.wire_text,
        )
        yield types.ResponseReceived(
            request_id=exchange.id,
            loader_id=LOADER,
            timestamp=seconds(exchange.process, head.started.at),
            type=_type(exchange),
            response=response,
            has_extra_info=True,
        )

    def _url(self, exchange: Exchange) -> str:
        return self._urls.of(exchange) or ""

    def _redirect_response(self, exchange: Exchange) -> types.Response | None:
        before = exchange.redirected
        head = ResponseHead.of(before) if before else None
        return head.response(self._url(before)) if before and head else None

    def _received(
        self, exchange: Exchange, event: BodyChunk, *, streaming: bool
    ) -> Iterator[object]:
        loading = self._loading_of(exchange, event)
        decoder, stream = loading.decoder, loading.stream
        decoded = decoder.decode(event.data) if event.data is not None else decoder.skip()
        yield types.DataReceived(
            request_id=exchange.id,
            timestamp=seconds(exchange.process, event.at),
            data_length=len(decoded) if event.data is not None else event.length,
            encoded_data_length=_transferred(exchange, event.length),
            data=base64.b64encode(decoded).decode("ascii") if streaming else None,
        )
        if stream is not None:
            yield from stream.received(exchange, event.at, decoded, whole=event.data is not None)

    def _loading_of(self, exchange: Exchange, event: BodyChunk) -> _Loading:
        """Give what is remembered; if nothing is, make it from what came before *event*."""
        loading = self._loading.get(exchange)
        if loading is None:
            head = ResponseHead.of(exchange)
            decoder = head.decoder() if head else ContentDecoder("")
            past = exchange.response_body.length - event.length
            decoded = decoder.decode(exchange.response_body.data()[:past])
            whole = exchange.response_body.kept >= past
            if not whole:
                decoder.skip()
            stream = EventStream.after(exchange, decoded, whole=whole)
            loading = _Loading(decoder, len(head.text) if head else 0, stream)
            self._loading[exchange] = loading
        return loading

    def _ended(self, exchange: Exchange, end: End) -> object:
        if isinstance(end, ExchangeFailed):
            return failed(exchange, end, _type(exchange))
        length = end.encoded_length if isinstance(end, ExchangeFinished) else None
        if length is None:
            length = exchange.response_body.length
        length += self._head_length(exchange)
        return types.LoadingFinished(
            request_id=exchange.id,
            timestamp=seconds(exchange.process, end.at),
            encoded_data_length=_transferred(exchange, length),
        )

    def _head_length(self, exchange: Exchange) -> int:
        loading = self._loading.pop(exchange, None)
        if loading is not None:
            return loading.head_length
        head = ResponseHead.of(exchange)
        return len(head.text) if head else 0


def _type(exchange: Exchange) -> types.ResourceType:
    if exchange.arrivals is not None:
        return "EventSource"
    return "Document" if exchange.lifecycle == "http.server" else "XHR"


def _received_so_far(exchange: Exchange) -> types.DataReceived:
    body = exchange.response_body
    return types.DataReceived(
        request_id=exchange.id,
        timestamp=seconds(exchange.process, exchange.last_at),
        data_length=len(HttpBodies(exchange).decoded()) + body.length - body.kept,
        encoded_data_length=_transferred(exchange, body.length),
    )


def _transferred(exchange: Exchange, length: int) -> int:
    """Give how much of *length* came over the network: nothing of what a cache gave."""
    response = exchange.response
    return 0 if isinstance(response, ResponseStarted) and response.from_cache else length


@functools.lru_cache(maxsize=256)
def _address_space(address: str | None) -> types.IPAddressSpace:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "Unknown"
    if ip.is_loopback:
        return "Loopback"
    return "Local" if ip.is_private else "Public"
