"""The heads of requests and responses, from what was recorded to CDP's types."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import attrs

from ....link.messages import (
    ConnectionInfo,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
)
from ...content.decoding import ContentDecoder
from ...content.display import ContentType
from ...content.headers import HeaderPairs, find_header, header_pairs, joined_header
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types
from .headers import folded, head_text, joined
from .priorities import priority
from .security import security_details, security_state
from .timing import resource_timing


@attrs.frozen
class RequestHead:
    """A request's headers, as text and as CDP's map, and how much of its body there was so far.

    Attributes:
        headers: Those of the wire.
    """

    start: RequestStarted | RequestReceived
    pairs: HeaderPairs
    headers: types.Headers
    body_length: int

    @classmethod
    def of(cls, exchange: Exchange) -> RequestHead:
        """Read the head of the request of *exchange*, which must be one of HTTP's."""
        start = exchange.start
        if not isinstance(start, RequestStarted | RequestReceived):
            raise TypeError(f"{exchange.lifecycle} is no lifecycle of HTTP")
        listed = header_pairs(start.headers)
        return cls(start, listed, joined(listed), exchange.request_body.length)

    def text(self, protocol: str) -> str:
        """Give it as HTTP/1 writes it."""
        line = f"{self.start.method} {_target(self.start.url)} {protocol.upper()}"
        return head_text(line, self.pairs)

    def request(self, url: str) -> types.Request:
        """Give CDP's form, with the *url* of its row."""
        announced = find_header(self.pairs, "content-length").strip("0")
        has_body = announced or find_header(self.pairs, "transfer-encoding") or self.body_length
        return types.Request(
            url=url,
            method=self.start.method,
            headers=_folded(self.pairs, self.headers),
            has_post_data=bool(has_body) or None,
            initial_priority=priority(self.pairs),
            referrer_policy="no-referrer",
            mixed_content_type="none",
        )


@attrs.frozen
class ResponseHead:
    """A response's headers, as text and as CDP's map, and what they say of its body.

    Attributes:
        headers: Those of the wire.
        text: The head as HTTP/1 writes it.
    """

    exchange: Exchange
    started: ResponseStarted | ResponseSent
    protocol: str
    connection: ConnectionInfo | None
    pairs: HeaderPairs
    headers: types.Headers
    text: str
    content_type: ContentType
    content_encoding: str

    @classmethod
    def of(cls, exchange: Exchange) -> ResponseHead | None:
        """Read the head of the response of *exchange*, if there is one."""
        started = exchange.response
        if not isinstance(started, ResponseStarted | ResponseSent):
            return None
        # What a client learns from the response, a server knows from the request.
        wire = started if isinstance(started, ResponseStarted) else exchange.start
        if not isinstance(wire, ResponseStarted | RequestReceived):
            return None
        listed = header_pairs(started.headers)
        line = f"{wire.protocol.upper()} {started.status} {started.reason}"
        return cls(
            exchange,
            started,
            wire.protocol,
            wire.connection,
            listed,
            joined(listed),
            head_text(line, listed),
            ContentType.parse(find_header(listed, "content-type")),
            joined_header(listed, "content-encoding"),
        )

    @property
    def wire_text(self) -> str | None:
        """The head, if that was text on the wire."""
        return self.text if self.protocol.startswith("http/") else None

    @property
    def early_hints(self) -> HeaderPairs:
        """The headers that came in responses 103 before it."""
        return (
            header_pairs(self.started.early_hints)
            if isinstance(self.started, ResponseStarted)
            else ()
        )

    @property
    def from_cache(self) -> bool:
        """Whether the program's own cache gave the response, so that none was transferred."""
        return isinstance(self.started, ResponseStarted) and self.started.from_cache

    @property
    def wire_length(self) -> int:
        """About how many bytes of the head were transferred."""
        return 0 if self.from_cache else len(self.text)

    def decoder(self) -> ContentDecoder:
        """Make what undoes the content coding of the body."""
        return ContentDecoder(self.content_encoding)

    def response(self, url: str) -> types.Response:
        """Give CDP's form, with the *url* of its row."""
        started, connection = self.started, self.connection
        request = RequestHead.of(self.exchange)
        return types.Response(
            url=url,
            status=started.status,
            status_text=started.reason or (_reason(started.status) if self.wire_text else ""),
            headers=_folded(self.pairs, self.headers),
            mime_type=self.content_type.mime_type,
            charset=self.content_type.charset,
            request_headers=request.headers,
            request_headers_text=request.text(self.protocol) if self.wire_text else None,
            connection_reused=isinstance(started, ResponseStarted) and started.reused,
            connection_id=connection.id if connection else 0,
            remote_ip_address=_shown_address(connection),
            remote_port=connection.remote_port if connection else None,
            from_disk_cache=self.from_cache or None,
            encoded_data_length=self.wire_length,
            timing=resource_timing(self.exchange, started.at),
            response_time=seconds(self.exchange.process, started.at) * 1000,
            protocol=self.protocol,
            security_state=security_state(request.start.url, connection),
            security_details=security_details(connection),
        )


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _folded(listed: HeaderPairs, wire: types.Headers) -> types.Headers:
    """Give what the headers mean, which is what the *wire* has unless a name comes twice."""
    return wire if len(wire) == len(listed) else folded(listed)


def _shown_address(connection: ConnectionInfo | None) -> str | None:
    """Give the peer's address as Chrome does: DevTools puts a colon and the port behind it."""
    address = connection.remote_address if connection else None
    return f"[{address}]" if address and ":" in address else address
