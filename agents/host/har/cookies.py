"""The cookies of a request and of a response, from their headers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, SimpleCookie

from ..content.headers import HeaderPairs
from .dates import iso
from .values import Cookie


def sent(headers: HeaderPairs) -> list[Cookie]:
    """Give the cookies of a request."""
    return [cookie for value in _all(headers, "cookie") for cookie in _sent(value)]


def stored(headers: HeaderPairs, at: float) -> list[Cookie]:
    """Give the cookies of a response that was there *at*, in seconds since 1970."""
    found = (_stored(value, at) for value in _all(headers, "set-cookie"))
    return [cookie for cookie in found if cookie is not None]


def _all(headers: HeaderPairs, wanted: str) -> Iterator[str]:
    return (value for name, value in headers if name.lower() == wanted)


def _sent(header: str) -> Iterator[Cookie]:
    # One by one: the library ends at the first that it does not like.
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals or name:
            yield Cookie(name=name.strip(), value=_unquoted(value.strip()))


def _stored(header: str, at: float) -> Cookie | None:
    first, _, attributes = header.partition(";")
    name, equals, value = first.partition("=")
    if not equals:
        return None
    # The library is for the attributes alone: it has no place for many a name or value.
    parsed: SimpleCookie = SimpleCookie()
    with suppress(CookieError):
        parsed.load(f"name=value;{attributes}")
    told: dict[str, str] = dict(parsed["name"]) if "name" in parsed else {}
    return Cookie(
        name=name.strip(),
        value=_unquoted(value.strip()),
        path=told.get("path") or None,
        domain=told.get("domain") or None,
        expires=_expires(told.get("expires", ""), told.get("max-age", ""), at),
        http_only=bool(told.get("httponly")),
        secure=bool(told.get("secure")),
        same_site=told.get("samesite") or None,
    )


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def _expires(date: str, max_age: str, at: float) -> str | None:
    """Give when it ends; the age counts more than the date, as RFC 6265 has it."""
    try:
        if max_age:
            return iso(at + max(int(max_age), 0))
        return iso(parsedate_to_datetime(date).timestamp()) if date else None
    except (ValueError, OverflowError):
        return None
