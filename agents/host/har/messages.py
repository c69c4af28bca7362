"""The parts of a request and of a response that all entries have."""

from __future__ import annotations

from urllib.parse import parse_qsl, urldefrag, urlsplit

from ..content.headers import HeaderPairs, find_header
from ..store.body import Body
from . import cookies
from .post_data import post_data
from .values import UNKNOWN, Content, Pair, Request, Response

NO_TYPE = "x-unknown"

_VERSIONS = {"h2": "HTTP/2.0"}


def request(
    method: str, url: str, protocol: str, headers: HeaderPairs, *, head_size: int, body: Body
) -> Request:
    """Give a request; *protocol* is empty where nothing was heard of it."""
    return Request(
        method=method,
        url=urldefrag(url).url,
        http_version=_version(protocol),
        headers=_listed(headers),
        query_string=_query(url),
        cookies=cookies.sent(headers),
        headers_size=head_size if protocol else UNKNOWN,
        body_size=body.length,
        post_data=post_data(body, headers),
    )


def response(
    status: int,
    text: str,
    protocol: str,
    headers: HeaderPairs,
    *,
    at: float,
    head_size: int,
    body_size: int,
    transfer_size: int,
    content: Content,
    error: str | None,
) -> Response:
    """Give a response that was there *at*, in seconds since 1970."""
    return Response(
        status=status,
        status_text=text,
        http_version=_version(protocol),
        headers=_listed(headers),
        cookies=cookies.stored(headers, at),
        content=content,
        redirect_url=find_header(headers, "location"),
        headers_size=head_size,
        body_size=body_size,
        transfer_size=transfer_size,
        error=error,
    )


def no_response(error: str | None) -> Response:
    """Give what stands where there is none."""
    return Response(
        status=0,
        status_text="",
        http_version="",
        headers=[],
        cookies=[],
        content=Content(size=0, mime_type=NO_TYPE),
        redirect_url="",
        headers_size=UNKNOWN,
        body_size=UNKNOWN,
        transfer_size=0,
        error=error,
    )


def _version(protocol: str) -> str:
    return _VERSIONS.get(protocol, protocol.upper())


def _listed(headers: HeaderPairs) -> list[Pair]:
    return [Pair(name, value) for name, value in headers]


def _query(url: str) -> list[Pair]:
    try:
        query = urlsplit(url).query
        return [Pair(name, value) for name, value in parse_qsl(query, keep_blank_values=True)]
    except ValueError:
        return []
