"""The types of the Network domain that tell of WebSockets and event streams; CDP's."""

from __future__ import annotations

import attrs

from .types import Headers, Initiator


@attrs.frozen(kw_only=True)
class WebSocketRequest:
    """The request of a handshake."""

    headers: Headers


@attrs.frozen(kw_only=True)
class WebSocketResponse:
    """The answer to a handshake."""

    status: int
    status_text: str
    headers: Headers
    headers_text: str | None = None
    request_headers: Headers | None = None
    request_headers_text: str | None = None


@attrs.frozen(kw_only=True)
class WebSocketFrame:
    """A message: the payload of a text as it is, and of all else in base64."""

    opcode: float
    mask: bool
    payload_data: str


@attrs.frozen(kw_only=True)
class WebSocketCreated:
    """A WebSocket is about to be opened."""

    request_id: str
    url: str
    initiator: Initiator | None = None


@attrs.frozen(kw_only=True)
class WebSocketWillSendHandshakeRequest:
    """A WebSocket's handshake begins."""

    request_id: str
    timestamp: float
    wall_time: float
    request: WebSocketRequest


@attrs.frozen(kw_only=True)
class WebSocketHandshakeResponseReceived:
    """A WebSocket's handshake is answered."""

    request_id: str
    timestamp: float
    response: WebSocketResponse


@attrs.frozen(kw_only=True)
class WebSocketFrameSent:
    """The program has sent a message."""

    request_id: str
    timestamp: float
    response: WebSocketFrame


@attrs.frozen(kw_only=True)
class WebSocketFrameReceived:
    """The program has received a message."""

    request_id: str
    timestamp: float
    response: WebSocketFrame


@attrs.frozen(kw_only=True)
class WebSocketFrameError:
    """Something went wrong on a WebSocket, or what is told of it is not whole."""

    request_id: str
    timestamp: float
    error_message: str


@attrs.frozen(kw_only=True)
class WebSocketClosed:
    """A WebSocket is closed."""

    request_id: str
    timestamp: float


@attrs.frozen(kw_only=True)
class EventSourceMessageReceived:
    """An event of an event stream is there."""

    request_id: str
    timestamp: float
    event_name: str
    event_id: str
    data: str


EVENTS: tuple[type, ...] = (
    WebSocketCreated,
    WebSocketWillSendHandshakeRequest,
    WebSocketHandshakeResponseReceived,
    WebSocketFrameSent,
    WebSocketFrameReceived,
    WebSocketFrameError,
    WebSocketClosed,
    EventSourceMessageReceived,
)
"""The events among them."""
