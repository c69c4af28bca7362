"""What is told of WebSockets alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs

from ...link.messages import SocketOpened, SocketOpening
from ..content.headers import header_pairs
from ..domains.network import websocket_types as types
from ..store.body import Body
from ..store.clock import seconds
from ..store.exchange import Exchange
from .messages import NO_TYPE, no_response, request, response
from .values import Content, Request, Response, WebSocketMessage

_PROTOCOL = "http/1.1"
_ERROR = -1
"""What DevTools has in place of an opcode."""


@attrs.frozen(kw_only=True)
class Socket:
    """Fields of an :class:`Entry`."""

    resource_type: str = "websocket"
    priority: None = None
    request: Request
    response: Response
    web_socket_messages: list[WebSocketMessage]


def socket(exchange: Exchange, events: Sequence[object], error: str | None) -> Socket:
    """Give what is told of *exchange* by the *events* of the Network domain that show it.

    It has failed with an *error* if it has one.
    """
    answer = next(filter(None, map(_answer, events)), None)
    return Socket(
        request=_request(exchange, answer),
        response=_response(exchange, answer, error),
        web_socket_messages=list(_messages(events)),
    )


def _answer(event: object) -> types.WebSocketResponse | None:
    if isinstance(event, types.WebSocketHandshakeResponseReceived):
        return event.response
    return None


def _request(exchange: Exchange, answer: types.WebSocketResponse | None) -> Request:
    opening = exchange.start
    if not isinstance(opening, SocketOpening):
        raise TypeError(f"{exchange.lifecycle} is no WebSocket")
    return request(
        "GET",
        opening.url,
        _PROTOCOL if answer else "",
        header_pairs(opening.headers),
        head_size=len((answer.request_headers_text if answer else None) or ""),
        body=Body(),
    )


def _response(
    exchange: Exchange, answer: types.WebSocketResponse | None, error: str | None
) -> Response:
    opened = exchange.response
    if answer is None or not isinstance(opened, SocketOpened):
        return no_response(error)
    head_size = len(answer.headers_text or "")
    return response(
        answer.status,
        answer.status_text,
        _PROTOCOL,
        header_pairs(opened.headers),
        at=seconds(exchange.process, opened.at),
        head_size=head_size,
        body_size=0,
        transfer_size=head_size,
        content=Content(size=0, mime_type=NO_TYPE),
        error=error,
    )


def _messages(events: Iterable[object]) -> Iterator[WebSocketMessage]:
    for event in events:
        if isinstance(event, types.WebSocketFrameSent | types.WebSocketFrameReceived):
            yield WebSocketMessage(
                type="send" if isinstance(event, types.WebSocketFrameSent) else "receive",
                time=event.timestamp,
                opcode=event.response.opcode,
                data=event.response.payload_data,
            )
        elif isinstance(event, types.WebSocketFrameError):
            yield WebSocketMessage(
                type="error", time=event.timestamp, opcode=_ERROR, data=event.error_message
            )
