"""What was recorded of an exchange, as events of the Network domain."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from .....channels.http import Headers as WireHeaders
from ....link.messages import (
    BodyChunk,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from ...clock import seconds
from ...content import ContentDecoder, ContentType
from ...recorder import Exchange
from ..stack_traces import StackTraces
from . import types
from .headers import find, joined, pairs
from .timing import resource_timing

_LOADER = "tapscope"
"""One for all: a loader whose id is a request's own marks a page that is being loaded."""


class Translator:
    """Turns exchanges into events, the same for every session."""

    def __init__(self, stack_traces: StackTraces) -> None:
        self._stack_traces = stack_traces
        self._decoders: dict[tuple[int, int], ContentDecoder] = {}

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what a session that comes late has missed of *exchange*."""
        yield from self._started(exchange)
        if exchange.response is not None:
            yield from self._responded(exchange, exchange.response)
        if exchange.response_body.length:
            yield self._received_so_far(exchange)
        if exchange.end is not None:
            yield self._ended(exchange, exchange.end)

    def live(self, exchange: Exchange, event: Event, *, streaming: bool) -> Iterator[object]:
        """Give what *event*, the newest of *exchange*, means; *streaming* with its bytes."""
        if isinstance(event, RequestStarted):
            yield from self._started(exchange)
        elif isinstance(event, ResponseStarted):
            yield from self._responded(exchange, event)
        elif isinstance(event, BodyChunk):
            if not event.sent:
                yield self._received(exchange, event, streaming=streaming)
        else:
            self._decoders.pop(exchange.key, None)
            yield self._ended(exchange, event)

    def _started(self, exchange: Exchange) -> Iterator[object]:
        start = exchange.start
        before = exchange.redirected
        headers = joined(start.headers)
        began = seconds(exchange.process, start.at)
        yield types.RequestWillBeSent(
            request_id=request_id(exchange),
            loader_id=_LOADER,
            document_url=start.url,
            request=_request(start, headers),
            timestamp=began,
            wall_time=began,
            initiator=types.Initiator(
                type="script", stack=self._stack_traces.of(exchange.process, start.stack)
            ),
            redirect_has_extra_info=before is not None,
            redirect_response=_response(before) if before else None,
            type="XHR",
        )
        yield types.RequestWillBeSentExtraInfo(
            request_id=request_id(exchange),
            associated_cookies=[],
            headers=headers,
            connect_timing=types.ConnectTiming(request_time=began),
        )

    def _responded(self, exchange: Exchange, event: ResponseStarted) -> Iterator[object]:
        response = _response(exchange)
        if response is None:
            return
        yield types.ResponseReceivedExtraInfo(
            request_id=request_id(exchange),
            blocked_cookies=[],
            headers=response.headers,
            resource_ip_address_space=_address_space(response.remote_ip_address),
            status_code=event.status,
            headers_text=_headers_text(event),
        )
        yield types.ResponseReceived(
            request_id=request_id(exchange),
            loader_id=_LOADER,
            timestamp=seconds(exchange.process, event.at),
            type="XHR",
            response=response,
            has_extra_info=True,
        )

    def _received(
        self, exchange: Exchange, event: BodyChunk, *, streaming: bool
    ) -> types.DataReceived:
        decoder = self._decoders.get(exchange.key)
        if decoder is None:
            decoder = self._decoder_after(exchange, exchange.response_body.length - event.length)
        decoded = decoder.decode(event.data) if event.data is not None else b""
        return types.DataReceived(
            request_id=request_id(exchange),
            timestamp=seconds(exchange.process, event.at),
            data_length=len(decoded) if event.data is not None else event.length,
            encoded_data_length=event.length,
            data=base64.b64encode(decoded).decode("ascii") if streaming else None,
        )

    def _decoder_after(self, exchange: Exchange, length: int) -> ContentDecoder:
        """Make the decoder for the rest of a body, of which *length* bytes are past."""
        decoder = content_decoder(exchange)
        decoder.decode(exchange.response_body.data()[:length])
        self._decoders[exchange.key] = decoder
        return decoder

    def _received_so_far(self, exchange: Exchange) -> types.DataReceived:
        body = exchange.response_body
        decoded = content_decoder(exchange).decode(body.data())
        return types.DataReceived(
            request_id=request_id(exchange),
            timestamp=seconds(exchange.process, exchange.last_at),
            data_length=len(decoded) + body.length - body.kept,
            encoded_data_length=body.length,
        )

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
            encoded_data_length=_head_length(exchange)
            + (exchange.response_body.length if length is None else length),
        )


def request_id(exchange: Exchange) -> str:
    """Give the id that front ends know *exchange* by: redirects share the first one's."""
    first = exchange
    while first.redirected is not None:
        first = first.redirected
    return f"{first.process.number}.{first.start.id}"


def content_type(exchange: Exchange) -> ContentType:
    """Give the type of the response's body."""
    if exchange.response is None:
        return ContentType("", "")
    return ContentType.parse(find(exchange.response.headers, "content-type"))


def content_decoder(exchange: Exchange) -> ContentDecoder:
    """Give what undoes the content coding of the response's body."""
    headers = exchange.response.headers if exchange.response else ()
    return ContentDecoder(find(headers, "content-encoding"))


def _request(start: RequestStarted, headers: types.Headers) -> types.Request:
    length = find(start.headers, "content-length")
    return types.Request(
        url=start.url,
        method=start.method,
        headers=headers,
        has_post_data=bool(length.strip("0") or find(start.headers, "transfer-encoding")) or None,
        initial_priority="High",
        referrer_policy="no-referrer",
        mixed_content_type="none",
    )


def _response(exchange: Exchange) -> types.Response | None:
    event = exchange.response
    if event is None:
        return None
    connection = event.connection
    found = content_type(exchange)
    return types.Response(
        url=exchange.start.url,
        status=event.status,
        status_text=event.reason or _reason(event.status),
        headers=joined(event.headers),
        mime_type=found.mime_type,
        charset=found.charset,
        request_headers=joined(exchange.start.headers),
        request_headers_text=_request_text(exchange.start, event.protocol),
        connection_reused=event.reused,
        connection_id=connection.id if connection else 0,
        remote_ip_address=connection.remote_address if connection else None,
        remote_port=connection.remote_port if connection else None,
        encoded_data_length=_head_length(exchange),
        timing=resource_timing(exchange),
        response_time=seconds(exchange.process, event.at) * 1000,
        protocol=event.protocol,
        security_state="secure" if exchange.start.url.startswith("https:") else "insecure",
    )


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _request_text(start: RequestStarted, protocol: str) -> str:
    return _head(f"{start.method} {_target(start.url)} {protocol.upper()}", start.headers)


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _headers_text(event: ResponseStarted) -> str:
    return _head(f"{event.protocol.upper()} {event.status} {event.reason}", event.headers)


def _head(first_line: str, headers: WireHeaders) -> str:
    lines = [first_line, *(f"{name}: {value}" for name, value in pairs(headers))]
    return "\r\n".join([*lines, "", ""])


def _head_length(exchange: Exchange) -> int:
    response = exchange.response
    return len(_headers_text(response)) if response else 0


def _address_space(address: str | None) -> types.IPAddressSpace:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "Unknown"
    if ip.is_loopback:
        return "Loopback"
    return "Local" if ip.is_private else "Public"
