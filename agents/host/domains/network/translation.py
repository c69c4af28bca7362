"""What was recorded of an exchange, as events of the Network domain."""

from __future__ import annotations

import base64
import functools
import ipaddress
from collections.abc import Iterator
from weakref import WeakKeyDictionary

import attrs

from ....link.messages import (
    BodyChunk,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from ...clock import seconds
from ...content import ContentDecoder
from ...recorder import Exchange
from ..stack_traces import StackTraces
from . import types
from .heads import RequestHead, ResponseHead

_LOADER = "tapscope"
"""One for all: a loader whose id is a request's own marks a page that is being loaded."""


@attrs.frozen
class _Loading:
    """What is remembered from one event of a loading exchange to the next."""

    decoder: ContentDecoder
    head_length: int


class Translator:
    """Turns exchanges into events, the same for every session."""

    def __init__(self, stack_traces: StackTraces) -> None:
        self._stack_traces = stack_traces
        # Weak, since an exchange may be forgotten before it ends.
        self._loading: WeakKeyDictionary[Exchange, _Loading] = WeakKeyDictionary()

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what a session that comes late has missed of *exchange*."""
        yield from self._started(exchange)
        if exchange.response is not None:
            yield from self._responded(exchange)
        if exchange.response_body.length:
            yield _received_so_far(exchange)
        if exchange.end is not None:
            yield self._ended(exchange, exchange.end)

    def forget(self) -> None:
        """Let go of what was remembered, as from now on events are going to be missed."""
        self._loading.clear()

    def live(self, exchange: Exchange, event: Event, *, streaming: bool) -> Iterator[object]:
        """Give what *event*, the newest of *exchange*, means; *streaming* with its bytes."""
        if isinstance(event, RequestStarted):
            yield from self._started(exchange)
        elif isinstance(event, ResponseStarted):
            yield from self._responded(exchange)
        elif isinstance(event, BodyChunk):
            if not event.sent:
                yield self._received(exchange, event, streaming=streaming)
        else:
            yield self._ended(exchange, event)

    def _started(self, exchange: Exchange) -> Iterator[object]:
        head = RequestHead.of(exchange)
        before = ResponseHead.of(exchange.redirected) if exchange.redirected else None
        began = seconds(exchange.process, exchange.start.at)
        stack = self._stack_traces.of(exchange)
        yield types.RequestWillBeSent(
            request_id=request_id(exchange),
            loader_id=_LOADER,
            document_url=exchange.start.url,
            request=head.request(),
            timestamp=began,
            wall_time=began,
            initiator=types.Initiator(type="script", stack=stack),
            redirect_has_extra_info=before is not None,
            redirect_response=before.response() if before else None,
            type="XHR",
        )
        yield types.RequestWillBeSentExtraInfo(
            request_id=request_id(exchange),
            associated_cookies=[],
            headers=head.headers,
            connect_timing=types.ConnectTiming(request_time=began),
        )

    def _responded(self, exchange: Exchange) -> Iterator[object]:
        head = ResponseHead.of(exchange)
        if head is None:
            return
        response = head.response()
        yield types.ResponseReceivedExtraInfo(
            request_id=request_id(exchange),
            blocked_cookies=[],
            headers=response.headers,
            resource_ip_address_space=_address_space(response.remote_ip_address),
            status_code=response.status,
            headers_text=head.text,
        )
        yield types.ResponseReceived(
            request_id=request_id(exchange),
            loader_id=_LOADER,
            timestamp=seconds(exchange.process, head.started.at),
            type="XHR",
            response=response,
            has_extra_info=True,
        )

    def _received(
        self, exchange: Exchange, event: BodyChunk, *, streaming: bool
    ) -> types.DataReceived:
        decoder = self._loading_of(exchange, event).decoder
        decoded = decoder.decode(event.data) if event.data is not None else decoder.skip()
        return types.DataReceived(
            request_id=request_id(exchange),
            timestamp=seconds(exchange.process, event.at),
            data_length=len(decoded) if event.data is not None else event.length,
            encoded_data_length=event.length,
            data=base64.b64encode(decoded).decode("ascii") if streaming else None,
        )

    def _loading_of(self, exchange: Exchange, event: BodyChunk) -> _Loading:
        """Give what is remembered; if nothing is, make it from what came before *event*."""
        loading = self._loading.get(exchange)
        if loading is None:
            head = ResponseHead.of(exchange)
            decoder = head.decoder() if head else ContentDecoder("")
            past = exchange.response_body.length - event.length
            decoder.decode(exchange.response_body.data()[:past])
            if exchange.response_body.kept < past:
                decoder.skip()
            loading = self._loading[exchange] = _Loading(decoder, len(head.text) if head else 0)
        return loading

    def _ended(self, exchange: Exchange, end: ExchangeFinished | ExchangeFailed) -> object:
        timestamp = seconds(exchange.process, end.at)
        if isinstance(end, ExchangeFailed):
            return types.LoadingFailed(
                request_id=request_id(exchange),
                timestamp=timestamp,
                type="XHR",
                error_text=f"{end.kind}: {end.text}" if end.text else end.kind,
                canceled=end.canceled or None,
            )
        length = end.encoded_length
        return types.LoadingFinished(
            request_id=request_id(exchange),
            timestamp=timestamp,
            encoded_data_length=self._head_length(exchange)
            + (exchange.response_body.length if length is None else length),
        )

    def _head_length(self, exchange: Exchange) -> int:
        loading = self._loading.pop(exchange, None)
        if loading is not None:
            return loading.head_length
        head = ResponseHead.of(exchange)
        return len(head.text) if head else 0


def request_id(exchange: Exchange) -> str:
    """Give the id that front ends know *exchange* by: redirects share the first one's."""
    return f"{exchange.process.number}.{exchange.first}"


def decoded_body(exchange: Exchange) -> bytes:
    """Give what is kept of the response's body, its content coding undone."""
    head = ResponseHead.of(exchange)
    data = exchange.response_body.data()
    return head.decoder().decode(data) if head else data


def _received_so_far(exchange: Exchange) -> types.DataReceived:
    body = exchange.response_body
    return types.DataReceived(
        request_id=request_id(exchange),
        timestamp=seconds(exchange.process, exchange.last_at),
        data_length=len(decoded_body(exchange)) + body.length - body.kept,
        encoded_data_length=body.length,
    )


@functools.lru_cache(maxsize=256)
def _address_space(address: str | None) -> types.IPAddressSpace:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "Unknown"
    if ip.is_loopback:
        return "Loopback"
    return "Local" if ip.is_private else "Public"
