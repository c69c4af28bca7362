"""What happens to incoming requests, as the domain's events."""

from __future__ import annotations

import base64

from ....link.messages import (
    BodyChunk,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    ResponseSent,
)
from ...api.target import Target
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types, views


def told(target: Target, exchange: Exchange, event: Event) -> object | None:
    """Give the domain's event for *event*, the newest of *exchange*, if there is one.

    Pieces of bodies are for :func:`passed`.
    """
    timestamp = seconds(exchange.process, event.at)
    parent_id = views.parent_id(target, exchange)
    if isinstance(event, RequestReceived):
        return types.RequestReceived(
            request_id=exchange.id,
            timestamp=timestamp,
            request=views.request(exchange),
            parent_id=parent_id,
        )
    if isinstance(event, ResponseSent):
        return types.ResponseWillBeSent(
            request_id=exchange.id,
            timestamp=timestamp,
            response=views.response(event),
            endpoint=event.endpoint,
        )
    child_ids = [child.id for child in target.children(exchange)]
    if isinstance(event, ExchangeFinished):
        counted = exchange.response_body.length
        return types.ExchangeFinished(
            request_id=exchange.id,
            timestamp=timestamp,
            request_length=exchange.request_body.length,
            # A server may send a file that nobody else sees.
            response_length=counted if event.encoded_length is None else event.encoded_length,
            complete=event.complete,
            child_ids=child_ids,
            parent_id=parent_id,
        )
    if isinstance(event, ExchangeFailed):
        return types.ExchangeFailed(
            request_id=exchange.id,
            timestamp=timestamp,
            error_type=event.kind,
            error_text=event.text,
            canceled=event.canceled,
            child_ids=child_ids,
            parent_id=parent_id,
        )
    return None


def passed(
    exchange: Exchange, chunk: BodyChunk, *, includes_data: bool
) -> types.DataReceived | types.DataSent:
    """Give the event of a piece of a body, in either direction."""
    kind = types.DataSent if chunk.sent else types.DataReceived
    data = chunk.data if includes_data else None
    return kind(
        request_id=exchange.id,
        timestamp=seconds(exchange.process, chunk.at),
        data_length=chunk.length,
        data=None if data is None else base64.b64encode(data).decode("ascii"),
    )
