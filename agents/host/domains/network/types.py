"""The types of the Network domain, as far as they are filled; field by field CDP's.

https://chromedevtools.github.io/devtools-protocol/tot/Network/
"""

from __future__ import annotations

from typing import Literal

import attrs

from ...api.stack_traces import StackTrace

Headers = dict[str, str]
"""CDP's: several headers of one name are one value, joined by line feeds."""

ResourceType = Literal["Document", "XHR", "WebSocket", "EventSource", "Other"]
ResourcePriority = Literal["VeryLow", "Low", "Medium", "High", "VeryHigh"]
SecurityState = Literal["unknown", "neutral", "insecure", "secure"]
IPAddressSpace = Literal["Loopback", "Local", "Public", "Unknown"]


@attrs.frozen(kw_only=True)
class Request:
    """A request as it was sent."""

    url: str
    method: str
    headers: Headers
    has_post_data: bool | None = None
    initial_priority: ResourcePriority = attrs.field()
    referrer_policy: str
    mixed_content_type: str | None = None


@attrs.frozen(kw_only=True)
class ResourceTiming:
    """When the phases of a request began and ended.

    ``request_time`` is in seconds on the clock of the events' timestamps, all
    others are milliseconds after it, -1 for a phase that was not.
    """

    request_time: float
    proxy_start: float
    proxy_end: float
    dns_start: float
    dns_end: float
    connect_start: float
    connect_end: float
    ssl_start: float
    ssl_end: float
    worker_start: float
    worker_ready: float
    worker_fetch_start: float
    worker_respond_with_settled: float
    send_start: float
    send_end: float
    push_start: float
    push_end: float
    receive_headers_start: float
    receive_headers_end: float


@attrs.frozen(kw_only=True)
class SignedCertificateTimestamp:
    """What a log of certificates signed; no library tells of one."""


@attrs.frozen(kw_only=True)
class SecurityDetails:
    """What a TLS connection agreed on, and whom its certificate names."""

    protocol: str
    key_exchange: str
    cipher: str
    certificate_id: int
    subject_name: str
    san_list: list[str]
    issuer: str
    valid_from: float
    valid_to: float
    signed_certificate_timestamp_list: list[SignedCertificateTimestamp]
    certificate_transparency_compliance: Literal["unknown"]
    encrypted_client_hello: bool


@attrs.frozen(kw_only=True)
class Response:
    """A response's head."""

    url: str
    status: int
    status_text: str
    headers: Headers
    mime_type: str
    charset: str
    request_headers: Headers | None = None
    request_headers_text: str | None = None
    connection_reused: bool = attrs.field()
    connection_id: int = attrs.field()
    remote_ip_address: str | None = None
    remote_port: int | None = None
    from_disk_cache: bool | None = None
    encoded_data_length: int = attrs.field()
    timing: ResourceTiming | None = None
    response_time: float | None = None
    protocol: str | None = None
    security_state: SecurityState = attrs.field()
    security_details: SecurityDetails | None = None


@attrs.frozen(kw_only=True)
class Initiator:
    """What caused a request."""

    type: Literal["parser", "script", "preload", "preflight", "other"]
    stack: StackTrace | None = None
    url: str | None = None
    request_id: str | None = None


@attrs.frozen(kw_only=True)
class ConnectTiming:
    """When the work on a request began, in seconds on the clock of the events' timestamps."""

    request_time: float


@attrs.frozen(kw_only=True)
class Cookie:
    """A cookie as a request sends it: its name and its value; the rest is not known there."""

    name: str
    value: str
    domain: str
    path: str
    expires: float
    size: int
    http_only: bool
    secure: bool
    session: bool
    priority: Literal["Low", "Medium", "High"]
    source_scheme: Literal["Unset", "NonSecure", "Secure"]
    source_port: int


@attrs.frozen(kw_only=True)
class AssociatedCookie:
    """A cookie that a request sends."""

    cookie: Cookie
    blocked_reasons: list[str]


@attrs.frozen(kw_only=True)
class BlockedSetCookieWithReason:
    """A cookie that a response could not set; nobody here tells of one."""


@attrs.frozen(kw_only=True)
class RequestWillBeSent:
    """A request is about to be sent, or follows a redirect, whose response it then carries."""

    request_id: str
    loader_id: str
    document_url: str
    request: Request
    timestamp: float
    wall_time: float
    initiator: Initiator
    redirect_has_extra_info: bool
    redirect_response: Response | None = None
    type: ResourceType | None = None


@attrs.frozen(kw_only=True)
class RequestWillBeSentExtraInfo:
    """A request's headers as they go on the wire."""

    request_id: str
    associated_cookies: list[AssociatedCookie]
    headers: Headers
    connect_timing: ConnectTiming


@attrs.frozen(kw_only=True)
class ResponseReceived:
    """A response's head is there."""

    request_id: str
    loader_id: str
    timestamp: float
    type: ResourceType
    response: Response
    has_extra_info: bool


@attrs.frozen(kw_only=True)
class ResponseReceivedExtraInfo:
    """A response's headers as they came on the wire."""

    request_id: str
    blocked_cookies: list[BlockedSetCookieWithReason]
    headers: Headers
    resource_ip_address_space: IPAddressSpace
    status_code: int
    headers_text: str | None = None


@attrs.frozen(kw_only=True)
class ResponseReceivedEarlyHints:
    """Headers of a response 103, which came before the one that counts."""

    request_id: str
    headers: Headers


@attrs.frozen(kw_only=True)
class DataReceived:
    """Bytes of a response's body; *data* is base64 of them, if streaming was asked for."""

    request_id: str
    timestamp: float
    data_length: int
    encoded_data_length: int
    data: str | None = None


@attrs.frozen(kw_only=True)
class LoadingFinished:
    """A request is over."""

    request_id: str
    timestamp: float
    encoded_data_length: int


@attrs.frozen(kw_only=True)
class LoadingFailed:
    """A request ended with an error."""

    request_id: str
    timestamp: float
    type: ResourceType
    error_text: str
    canceled: bool | None = None


@attrs.frozen(kw_only=True)
class ResponseBody:
    """A body, as text or as base64."""

    body: str
    base64_encoded: bool


@attrs.frozen(kw_only=True)
class PostData:
    """A request's body, as text or as base64."""

    post_data: str
    base64_encoded: bool


@attrs.frozen(kw_only=True)
class BufferedData:
    """What there is of a body so far, base64."""

    buffered_data: str
