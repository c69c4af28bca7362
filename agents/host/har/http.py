"""What is told of exchanges of HTTP alone."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import Literal

import attrs

from ...link.messages import ConnectionInfo, ExchangeFinished, RequestReceived
from ..content.display import display
from ..domains.network.event_streams import events_so_far
from ..domains.network.heads import RequestHead, ResponseHead
from ..domains.network.types import ResourcePriority
from ..store.clock import seconds
from ..store.exchange import Exchange
from .messages import NO_TYPE, no_response, request, response
from .post_data import missing
from .values import UNKNOWN, Content, EventSourceMessage, Request, Response

_STATUSES = frozenset(HTTPStatus)
_NO_COMPRESSION = frozenset({206, 304})
"""Where a part of the content, or none, was sent."""


@attrs.frozen(kw_only=True)
class Http:
    """Fields of an :class:`Entry`."""

    resource_type: str
    priority: ResourcePriority = "High"
    request: Request
    response: Response
    server_ip_address: str | None = None
    connection: str | None = None
    connection_id: str | None = None
    from_cache: Literal["disk"] | None = None
    event_source_messages: list[EventSourceMessage] | None = None


def http(exchange: Exchange, error: str | None) -> Http:
    """Give what is told of *exchange*, which has failed with an *error* if it has one."""
    head = ResponseHead.of(exchange)
    connection = head.connection if head else None
    return Http(
        resource_type=_resource_type(exchange),
        request=_request(exchange, head),
        response=_response(exchange, head, error) if head else no_response(error),
        server_ip_address=_ip_address(connection),
        connection=str(connection.remote_port) if connection and connection.remote_port else None,
        connection_id=str(connection.id) if connection and connection.id else None,
        from_cache="disk" if head and head.from_cache else None,
        event_source_messages=_events(exchange),
    )


def _resource_type(exchange: Exchange) -> str:
    if exchange.arrivals is not None:
        return "eventsource"
    return "document" if exchange.lifecycle == "http.server" else "xhr"


def _request(exchange: Exchange, answer: ResponseHead | None) -> Request:
    head = RequestHead.of(exchange)
    if answer:
        protocol = answer.protocol
    else:
        protocol = head.start.protocol if isinstance(head.start, RequestReceived) else ""
    return request(
        head.start.method,
        head.start.url,
        protocol,
        head.pairs,
        head_size=len(head.text(protocol)) if protocol.startswith("http/") else UNKNOWN,
        body=exchange.request_body,
    )


def _response(exchange: Exchange, head: ResponseHead, error: str | None) -> Response:
    length = 0 if head.from_cache else _encoded_length(exchange)
    return response(
        head.started.status,
        head.started.reason or _reason(head),
        head.protocol,
        head.pairs,
        at=seconds(exchange.process, head.started.at),
        head_size=UNKNOWN if head.wire_text is None else len(head.wire_text),
        body_size=length,
        transfer_size=head.wire_length + length,
        content=_content(exchange, head, length),
        error=error,
    )


def _reason(head: ResponseHead) -> str:
    """Give what usually stands beside a status; HTTP/2 has nothing there."""
    if head.wire_text is None or head.started.status not in _STATUSES:
        return ""
    return HTTPStatus(head.started.status).phrase


def _content(exchange: Exchange, head: ResponseHead, length: int) -> Content:
    body = exchange.response_body
    decoded = head.decoder().decode(body.data())
    size = len(decoded) + body.length - body.kept
    shown = display(decoded, head.content_type) if body.kept or not body.length else None
    partly = head.from_cache or head.started.status in _NO_COMPRESSION
    return Content(
        size=size,
        mime_type=head.content_type.mime_type or NO_TYPE,
        compression=None if partly else size - length,
        text=shown.text if shown else None,
        encoding="base64" if shown and shown.base64_encoded else None,
        comment=missing(body),
    )


def _encoded_length(exchange: Exchange) -> int:
    end = exchange.end
    told = end.encoded_length if isinstance(end, ExchangeFinished) else None
    return exchange.response_body.length if told is None else told


def _ip_address(connection: ConnectionInfo | None) -> str | None:
    """Give the other end's address, unless that is no IP address but a file."""
    try:
        return str(ipaddress.ip_address((connection and connection.remote_address) or ""))
    except ValueError:
        return None


def _events(exchange: Exchange) -> list[EventSourceMessage] | None:
    if exchange.arrivals is None:
        return None
    return [
        EventSourceMessage(
            time=event.timestamp,
            event_name=event.event_name,
            event_id=event.event_id,
            data=event.data,
        )
        for event in events_so_far(exchange)
    ]
