"""What a HAR file holds; field by field the format's, version 1.2.

http://www.softwareishard.com/blog/har-12-spec/

Sizes are in bytes and times in milliseconds, -1 for what is not known.  Fields with
metadata are not the format's but DevTools', and begin with an underscore in the file.
"""

from __future__ import annotations

from typing import Literal

import attrs

from ..domains.network.types import Initiator, ResourcePriority

CUSTOM = "har"
"""What of a field's metadata holds its name in the file."""
UNKNOWN = -1


def _custom(name: str) -> dict[str, str]:
    """Give the metadata of a field that is DevTools', with its *name* in the file."""
    return {CUSTOM: name}


@attrs.frozen(kw_only=True)
class Creator:
    """A program and its version."""

    name: str
    version: str


@attrs.frozen(kw_only=True)
class PageTimings:
    """When a page was loaded; a program loads none."""

    on_content_load: float = UNKNOWN
    on_load: float = UNKNOWN


@attrs.frozen(kw_only=True)
class Page:
    """What entries are grouped by: a process."""

    started_date_time: str
    id: str
    title: str
    page_timings: PageTimings = attrs.field(factory=PageTimings)
    comment: str | None = None


@attrs.frozen
class Pair:
    """A header, or a parameter of a query."""

    name: str
    value: str


@attrs.frozen(kw_only=True)
class Cookie:
    """A cookie; *expires* is in ISO 8601."""

    name: str
    value: str
    path: str | None = None
    domain: str | None = None
    expires: str | None = None
    http_only: bool | None = None
    secure: bool | None = None
    same_site: str | None = None


@attrs.frozen(kw_only=True)
class Param:
    """A field of a form."""

    name: str
    value: str | None = None
    file_name: str | None = None
    content_type: str | None = None


@attrs.frozen(kw_only=True)
class PostData:
    """A request's body, or as much as is kept of it; *encoding* tells of one that is no text."""

    mime_type: str
    text: str
    params: list[Param] | None = None
    encoding: Literal["base64"] | None = attrs.field(metadata=_custom("_encoding"), default=None)
    comment: str | None = None


@attrs.frozen(kw_only=True)
class Request:
    """A request as it was sent, or received by a server."""

    method: str
    url: str
    http_version: str
    headers: list[Pair]
    query_string: list[Pair]
    cookies: list[Cookie]
    headers_size: int
    body_size: int
    post_data: PostData | None = None


@attrs.frozen(kw_only=True)
class Content:
    """A response's body, its content coding undone, or as much as is kept of it."""

    size: int
    mime_type: str
    compression: int | None = None
    text: str | None = None
    encoding: Literal["base64"] | None = None
    comment: str | None = None


@attrs.frozen(kw_only=True)
class Response:
    """A response; *status* is 0 where there is none."""

    status: int
    status_text: str
    http_version: str
    headers: list[Pair]
    cookies: list[Cookie]
    content: Content
    redirect_url: str
    headers_size: int
    body_size: int
    transfer_size: int = attrs.field(metadata=_custom("_transferSize"))
    error: str | None = attrs.field(metadata=_custom("_error"))


@attrs.frozen(kw_only=True)
class Timings:
    """The phases of an exchange, one after the other; *ssl* is a part of *connect*."""

    blocked: float = UNKNOWN
    dns: float = UNKNOWN
    ssl: float = UNKNOWN
    connect: float = UNKNOWN
    send: float = 0
    wait: float = 0
    receive: float = 0
    blocked_queueing: float = attrs.field(metadata=_custom("_blocked_queueing"), default=UNKNOWN)

    @property
    def total(self) -> float:
        """How long all of them took."""
        phases = (self.blocked, self.dns, self.connect, self.send, self.wait, self.receive)
        return sum(max(phase, 0) for phase in phases)


@attrs.frozen(kw_only=True)
class WebSocketMessage:
    """A message of a WebSocket; *time* is in seconds since 1970."""

    type: Literal["send", "receive", "error"]
    time: float
    opcode: float
    data: str


@attrs.frozen(kw_only=True)
class EventSourceMessage:
    """An event of an event stream; *time* is in seconds since 1970."""

    time: float
    event_name: str
    event_id: str
    data: str


@attrs.frozen(kw_only=True)
class Cache:
    """What a cache had; nothing is known of that."""


@attrs.frozen(kw_only=True)
class Entry:
    """One exchange."""

    pageref: str | None = None
    started_date_time: str = attrs.field()
    time: float
    request: Request
    response: Response
    cache: Cache = attrs.field(factory=Cache)
    timings: Timings
    server_ip_address: str | None = None
    connection: str | None = None
    comment: str | None = None
    connection_id: str | None = attrs.field(metadata=_custom("_connectionId"), default=None)
    from_cache: Literal["memory", "disk"] | None = attrs.field(
        metadata=_custom("_fromCache"), default=None
    )
    initiator: Initiator = attrs.field(metadata=_custom("_initiator"))
    priority: ResourcePriority | None = attrs.field(metadata=_custom("_priority"))
    resource_type: str = attrs.field(metadata=_custom("_resourceType"))
    web_socket_messages: list[WebSocketMessage] | None = attrs.field(
        metadata=_custom("_webSocketMessages"), default=None
    )
    event_source_messages: list[EventSourceMessage] | None = attrs.field(
        metadata=_custom("_eventSourceMessages"), default=None
    )
