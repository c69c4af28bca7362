"""The heads of requests and responses, from what was recorded to CDP's types."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import attrs

from ....link.messages import RequestStarted, ResponseStarted
from ...clock import seconds
from ...content import ContentDecoder, ContentType
from ...recorder import Exchange
from . import types
from .headers import Pairs, find, head_text, joined, pairs
from .timing import resource_timing


@attrs.frozen
class RequestHead:
    """A request's headers, as text and as CDP's map."""

    start: RequestStarted
    pairs: Pairs
    headers: types.Headers

    @classmethod
    def of(cls, exchange: Exchange) -> RequestHead:
        """Read the head of the request of *exchange*."""
        listed = pairs(exchange.start.headers)
        return cls(exchange.start, listed, joined(listed))

    def text(self, protocol: str) -> str:
        """Give it as HTTP/1 writes it."""
        line = f"{self.start.method} {_target(self.start.url)} {protocol.upper()}"
        return head_text(line, self.pairs)

    def request(self) -> types.Request:
        """Give CDP's form."""
        length = find(self.pairs, "content-length").strip("0")
        return types.Request(
            url=self.start.url,
            method=self.start.method,
            headers=self.headers,
            has_post_data=bool(length or find(self.pairs, "transfer-encoding")) or None,
            initial_priority="High",
            referrer_policy="no-referrer",
            mixed_content_type="none",
        )


@attrs.frozen
class ResponseHead:
    """A response's headers, as text and as CDP's map, and what they say of its body."""

    exchange: Exchange
    started: ResponseStarted
    headers: types.Headers
    text: str
    content_type: ContentType
    content_encoding: str

    @classmethod
    def of(cls, exchange: Exchange) -> ResponseHead | None:
        """Read the head of the response of *exchange*, if there is one."""
        started = exchange.response
        if started is None:
            return None
        listed = pairs(started.headers)
        line = f"{started.protocol.upper()} {started.status} {started.reason}"
        return cls(
            exchange,
            started,
            joined(listed),
            head_text(line, listed),
            ContentType.parse(find(listed, "content-type")),
            find(listed, "content-encoding"),
        )

    def decoder(self) -> ContentDecoder:
        """Make what undoes the content coding of the body."""
        return ContentDecoder(self.content_encoding)

    def response(self) -> types.Response:
        """Give CDP's form."""
        started = self.started
        connection = started.connection
        request = RequestHead.of(self.exchange)
        return types.Response(
            url=self.exchange.start.url,
            status=started.status,
            status_text=started.reason or _reason(started.status),
            headers=self.headers,
            mime_type=self.content_type.mime_type,
            charset=self.content_type.charset,
            request_headers=request.headers,
            request_headers_text=request.text(started.protocol),
            connection_reused=started.reused,
            connection_id=connection.id if connection else 0,
            remote_ip_address=connection.remote_address if connection else None,
            remote_port=connection.remote_port if connection else None,
            encoded_data_length=len(self.text),
            timing=resource_timing(self.exchange),
            response_time=seconds(self.exchange.process, started.at) * 1000,
            protocol=started.protocol,
            security_state=_security(self.exchange.start.url),
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


def _security(url: str) -> types.SecurityState:
    return "secure" if url.startswith("https:") else "insecure"
