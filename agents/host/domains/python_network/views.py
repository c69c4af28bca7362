"""What was recorded of incoming requests, as the domain's types."""

from __future__ import annotations

from .....channels.http import Headers
from ....link.messages import ConnectionInfo, ExchangeFailed, RequestReceived, ResponseSent
from ...api.target import Target
from ...content.decoding import ContentDecoder
from ...content.display import ContentType, display
from ...content.headers import find_header, header_pairs, joined_header
from ...store.body import Body
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types


def incoming(target: Target, exchange: Exchange) -> types.IncomingExchange:
    """Give all that is known of *exchange*, but for its bodies."""
    answer, end, process = exchange.response, exchange.end, exchange.process
    return types.IncomingExchange(
        request_id=exchange.id,
        state=state(exchange),
        timestamp=seconds(process, exchange.start.at),
        request=request(exchange),
        request_length=exchange.request_body.length,
        response_length=exchange.response_body.length,
        child_ids=[child.id for child in target.children(exchange)],
        parent_id=parent_id(target, exchange),
        response=response(answer) if isinstance(answer, ResponseSent) else None,
        response_timestamp=seconds(process, answer.at) if answer else None,
        end_timestamp=seconds(process, end.at) if end else None,
        error_text=f"{end.kind}: {end.text}" if isinstance(end, ExchangeFailed) else None,
    )


def state(exchange: Exchange) -> types.State:
    """Give how far *exchange* is."""
    if exchange.end is None:
        return "inFlight"
    return "failed" if isinstance(exchange.end, ExchangeFailed) else "finished"


def request(exchange: Exchange) -> types.Request:
    """Give the head of an incoming request."""
    start = received(exchange)
    # A framework may find out what answers only on the way.
    later = exchange.response.endpoint if isinstance(exchange.response, ResponseSent) else None
    return types.Request(
        method=start.method,
        url=start.url,
        protocol=start.protocol,
        headers=_headers(start.headers),
        thread=start.thread,
        process=exchange.process.number,
        client=_client(start.connection),
        endpoint=later or start.endpoint,
    )


def response(answer: ResponseSent) -> types.Response:
    """Give the head of a response."""
    return types.Response(
        status=answer.status, status_text=answer.reason, headers=_headers(answer.headers)
    )


def request_body(exchange: Exchange) -> types.Body:
    """Give what the program has read of a request's body."""
    return _shown(exchange.request_body, received(exchange).headers)


def response_body(exchange: Exchange) -> types.Body:
    """Give what the program has sent of a response's body."""
    answer = exchange.response
    headers = answer.headers if isinstance(answer, ResponseSent) else ()
    return _shown(exchange.response_body, headers)


def parent_id(target: Target, exchange: Exchange) -> str | None:
    """Give the id of what caused *exchange*, if that is known."""
    parent = target.parent(exchange)
    return parent.id if parent else None


def received(exchange: Exchange) -> RequestReceived:
    """Give the start of an incoming request.

    Raises:
        TypeError: It is none.
    """
    if not isinstance(exchange.start, RequestReceived):
        raise TypeError(f"{exchange.lifecycle} {exchange.id} is no incoming request")
    return exchange.start


def _client(connection: ConnectionInfo | None) -> types.Client | None:
    if connection is None or connection.remote_address is None:
        return None
    return types.Client(address=connection.remote_address, port=connection.remote_port)


def _headers(headers: Headers) -> list[types.Header]:
    return [types.Header(name=name, value=value) for name, value in header_pairs(headers)]


def _shown(body: Body, headers: Headers) -> types.Body:
    listed = header_pairs(headers)
    decoder = ContentDecoder(joined_header(listed, "content-encoding"))
    content_type = ContentType.parse(find_header(listed, "content-type"))
    shown = display(decoder.decode(body.data()), content_type, whole=not body.cut)
    return types.Body(
        body=shown.text,
        base64_encoded=shown.base64_encoded,
        length=body.length,
        kept=body.kept,
        note=body.cut or decoder.trouble or None,
    )
