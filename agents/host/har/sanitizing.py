"""Entries without what lets others in: cookies and authorization."""

from __future__ import annotations

import attrs

from .values import Entry, Pair

SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
"""The headers that are left out, in lower case."""


def sanitized(entry: Entry) -> Entry:
    """Give *entry* without its cookies, and without the headers that are :data:`SECRET`."""
    request, response = entry.request, entry.response
    if not any(header.name.lower() in SECRET for header in request.headers + response.headers):
        return entry
    return attrs.evolve(
        entry,
        request=attrs.evolve(request, cookies=[], headers=_harmless(request.headers)),
        response=attrs.evolve(response, cookies=[], headers=_harmless(response.headers)),
    )


def _harmless(headers: list[Pair]) -> list[Pair]:
    return [header for header in headers if header.name.lower() not in SECRET]
