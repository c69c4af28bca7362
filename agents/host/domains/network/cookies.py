"""The cookies of a request, for the tab Cookies; those of a response DevTools reads itself."""

from __future__ import annotations

from ...content.headers import HeaderPairs, find_headers
from . import types


def sent_cookies(headers: HeaderPairs) -> list[types.AssociatedCookie]:
    """Give the cookies that a request with these *headers* sends, in their order."""
    return [
        types.AssociatedCookie(cookie=_cookie(part.strip()), blocked_reasons=[])
        for header in find_headers(headers, "cookie")
        for part in header.split(";")
        if part.strip()
    ]


def _cookie(part: str) -> types.Cookie:
    # One without "=" is a value without a name, as browsers have it.
    name, equals, value = part.partition("=")
    if not equals:
        name, value = "", part
    return types.Cookie(
        name=name.strip(),
        value=value.strip(),
        domain="",
        path="",
        expires=-1,
        size=len(name.strip()) + len(value.strip()),
        http_only=False,
        secure=False,
        session=True,
        priority="Medium",
        source_scheme="Unset",
        source_port=-1,
    )
