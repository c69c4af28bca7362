"""Heads without the values of certain headers."""

from __future__ import annotations

import base64
from collections.abc import Collection

from ...channels.http import Headers
from .judging import Judges
from .known import Known
from .mark import MARK
from .queries import Queries

_URLS = frozenset(
    {
        ":path",
        "content-location",
        "destination",
        "link",
        "location",
        "referer",
        "refresh",
        "x-forwarded-uri",
        "x-original-uri",
        "x-original-url",
        "x-rewrite-url",
    }
)
_SCHEMES = frozenset({"apikey", "basic", "bearer", "digest", "dpop", "negotiate", "ntlm", "token"})


class HeadersRedactor:
    """Gives headers as they are to be shown; the program's own stay as they are."""

    def __init__(
        self, names: Collection[str], queries: Queries, judges: Judges, known: Known
    ) -> None:
        self._names = frozenset(name.lower() for name in names)
        # Two sets, as texts and bytes of one hash must not be compared: python -bb forbids it.
        self._touched = self._names | _URLS
        self._touched_bytes = frozenset(name.encode() for name in self._touched)
        self._queries = queries
        self._judges = judges
        self._known = known

    def shown(self, headers: Headers) -> Headers:
        """Give *headers* without secrets, as a list of its own."""
        pairs: list[tuple[bytes, bytes] | tuple[str, str]] = list(headers)
        texts, touched = self._touched, self._touched_bytes
        changed = [
            index
            for index, (name, _) in enumerate(pairs)
            if name.lower() in (touched if name.__class__ is bytes else texts)
        ]
        for index in range(len(pairs)) if self._judges else changed:
            pairs[index] = self._pair(*pairs[index])
        return pairs  # type: ignore[return-value]  # each as it was: bytes or texts

    def _pair(self, name: bytes | str, value: bytes | str) -> tuple[bytes, bytes] | tuple[str, str]:
        if isinstance(name, bytes) or isinstance(value, bytes):
            lower, text = _text(name).lower(), _text(value)
            return _bytes(name), _bytes(self._value(lower, text))
        return name, self._value(name.lower(), value)

    def _value(self, lower: str, value: str) -> str:
        if lower in self._names:
            return self._hidden(lower, value)
        if self._judges:
            shown = self._judges.hidden("header", lower, value)
            if shown is not None:
                self._known.learn(value)
                return shown
        return self._known.hide(self._queries.url(value)) if lower in _URLS else value

    def _hidden(self, lower: str, value: str) -> str:
        if lower == "cookie":
            return "; ".join(map(self._cookie, value.split(";")))
        if lower == "set-cookie":
            first, semicolon, attributes = value.partition(";")
            return f"{self._cookie(first)}{semicolon}{attributes}"
        scheme, space, credentials = value.partition(" ")
        if space and scheme.lower() in _SCHEMES:
            self._learn(scheme.lower(), credentials.strip())
            return f"{scheme} {MARK}"
        self._known.learn(value)
        return MARK

    def _cookie(self, cookie: str) -> str:
        name, equals, value = cookie.strip().partition("=")
        if not equals:
            self._known.learn(name)
            return MARK
        self._known.learn(value.strip('"'))
        return f"{name}={MARK}" if value else cookie.strip()

    def _learn(self, scheme: str, credentials: str) -> None:
        known = self._known
        known.learn(credentials)
        if scheme == "basic":
            try:
                user = base64.b64decode(credentials).decode("latin-1")
            except ValueError:
                return
            known.learn(user.partition(":")[2])


def _text(value: bytes | str) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(value: bytes | str) -> bytes:
    return value.encode("latin-1", "replace") if isinstance(value, str) else value
