"""WebSockets, on either side, as events of the Network domain."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from http.client import responses
from urllib.parse import urlsplit, urlunsplit

from ....link.messages import (
    End,
    Event,
    ExchangeFailed,
    SocketClosed,
    SocketFrame,
    SocketOpened,
    SocketOpening,
)
from ...content.headers import HeaderPairs, header_pairs
from ...store.clock import seconds
from ...store.exchange import Exchange
from ...store.socket_messages import SocketMessage
from . import websocket_types as types
from .headers import head_text, joined
from .initiators import Initiators
from .row_translation import failed
from .urls import RowUrls

_SWITCHING_PROTOCOLS = 101
_ORDERLY = frozenset({1000, 1001, 1005})
"""Close codes that are no news; DevTools does not show those of other close frames."""


class WebSocketTranslator:
    """Turns exchanges of ``websocket.client`` and ``websocket.server`` into events."""

    def __init__(self, urls: RowUrls, initiators: Initiators) -> None:
        self._urls = urls
        self._initiators = initiators

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what a session that comes late has missed of *exchange*."""
        yield from self._opening(exchange)
        if isinstance(exchange.response, SocketOpened):
            yield _opened(exchange, exchange.response)
        yield from _messages(exchange)
        if exchange.end is not None:
            yield from _ended(exchange, exchange.end)

    def live(self, exchange: Exchange, event: Event) -> Iterator[object]:
        """Give what *event*, the newest of *exchange*, means."""
        if isinstance(event, SocketOpening):
            yield from self._opening(exchange)
        elif isinstance(event, SocketOpened):
            yield _opened(exchange, event)
        elif isinstance(event, SocketFrame):
            if exchange.messages is not None and exchange.messages.newest is not None:
                yield from _message(exchange, exchange.messages.newest)
        elif isinstance(event, SocketClosed | ExchangeFailed):
            yield from _ended(exchange, event)

    def _opening(self, exchange: Exchange) -> Iterator[object]:
        yield types.WebSocketCreated(
            request_id=exchange.id,
            url=self._urls.of(exchange) or "",
            initiator=self._initiators.of(exchange),
        )
        began = seconds(exchange.process, exchange.start.at)
        yield types.WebSocketWillSendHandshakeRequest(
            request_id=exchange.id,
            timestamp=began,
            wall_time=began,
            request=types.WebSocketRequest(headers=joined(_asked(exchange))),
        )


def _opened(exchange: Exchange, opened: SocketOpened) -> types.WebSocketHandshakeResponseReceived:
    asked, answered = _asked(exchange), header_pairs(opened.headers)
    reason = opened.reason or responses.get(opened.status, "")
    return types.WebSocketHandshakeResponseReceived(
        request_id=exchange.id,
        timestamp=seconds(exchange.process, opened.at),
        response=types.WebSocketResponse(
            status=opened.status,
            status_text=reason,
            headers=joined(answered),
            headers_text=head_text(f"HTTP/1.1 {opened.status} {reason}", answered),
            request_headers=joined(asked),
            request_headers_text=head_text(f"GET {_target(exchange)} HTTP/1.1", asked),
        ),
    )


def _asked(exchange: Exchange) -> HeaderPairs:
    return header_pairs(exchange.start.headers) if isinstance(exchange.start, SocketOpening) else []


def _target(exchange: Exchange) -> str:
    try:
        parts = urlsplit(exchange.start.url if isinstance(exchange.start, SocketOpening) else "")
    except ValueError:
        return "/"
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _messages(exchange: Exchange) -> Iterator[object]:
    messages = exchange.messages
    if messages is None:
        return
    kept = list(messages)
    if messages.missing:
        first = kept[0].at if kept else exchange.last_at
        text = f"{messages.missing:,} messages before this were not kept: {messages.cut}"
        yield _error(exchange, first, text)
    for message in kept:
        yield from _message(exchange, message)


def _message(exchange: Exchange, message: SocketMessage) -> Iterator[object]:
    kind = types.WebSocketFrameSent if message.sent else types.WebSocketFrameReceived
    yield kind(
        request_id=exchange.id,
        timestamp=seconds(exchange.process, message.at),
        response=types.WebSocketFrame(
            opcode=message.opcode,
            # A client masks what it sends, a server does not.
            mask=message.sent is (exchange.lifecycle == "websocket.client"),
            payload_data=_payload(message),
        ),
    )
    if len(message.data) < message.length:
        kept = f"{len(message.data):,} of {message.length:,} bytes"
        yield _error(exchange, message.at, f"of the message before this {kept} were kept")


def _payload(message: SocketMessage) -> str:
    if not message.is_text:
        return base64.b64encode(message.data).decode("ascii")
    # What was cut may end inside of a character.
    is_whole = len(message.data) == message.length
    return message.data.decode("utf-8", "replace" if is_whole else "ignore")


def _ended(exchange: Exchange, end: End) -> Iterator[object]:
    if isinstance(end, ExchangeFailed):
        failure = failed(exchange, end, "WebSocket")
        yield _error(exchange, end.at, failure.error_text)
        # DevTools shows why there is no answer, but nothing red in place of one.
        if exchange.response is None:
            yield failure
    elif isinstance(end, SocketClosed) and not _is_orderly(exchange, end):
        yield _error(exchange, end.at, _closed(end))
    yield types.WebSocketClosed(request_id=exchange.id, timestamp=seconds(exchange.process, end.at))


def _is_orderly(exchange: Exchange, end: SocketClosed) -> bool:
    """Whether an end is no news: in order, or that of a handshake that was refused."""
    answer = exchange.response
    was_open = isinstance(answer, SocketOpened) and answer.status == _SWITCHING_PROTOCOLS
    return not was_open or (end.clean and end.code in _ORDERLY)


def _closed(end: SocketClosed) -> str:
    how = "closed" if end.clean else "closed without a closing handshake"
    return f"{how}: {end.code} {end.reason}".rstrip()


def _error(exchange: Exchange, at: int, text: str) -> types.WebSocketFrameError:
    return types.WebSocketFrameError(
        request_id=exchange.id, timestamp=seconds(exchange.process, at), error_message=text
    )
