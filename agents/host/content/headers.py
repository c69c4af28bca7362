"""The headers of HTTP, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....channels.http import Headers

HeaderPairs = Sequence[tuple[str, str]]
"""Names and values as text, in the order and case of the wire."""


def header_pairs(headers: Headers) -> HeaderPairs:
    """Give names and values as text: UTF-8 where the bytes are that, and else Latin-1."""
    return [(_text(name), _text(value)) for name, value in headers]


def _text(raw: bytes | str) -> str:
    if isinstance(raw, str) and raw.isascii():
        return raw
    try:
        # Many a library has read the bytes of the wire as Latin-1.
        data = raw.encode("latin-1") if isinstance(raw, str) else raw
    except UnicodeEncodeError:
        return str(raw)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def find_header(headers: HeaderPairs, wanted: str) -> str:
    """Give the value of the first header called *wanted* (lower case), or an empty text."""
    return next(find_headers(headers, wanted), "")


def find_headers(headers: HeaderPairs, wanted: str) -> Iterator[str]:
    """Give the values of all headers called *wanted* (lower case)."""
    return (value for name, value in headers if name.lower() == wanted)


def joined_header(headers: HeaderPairs, wanted: str) -> str:
    """Give the values of all headers called *wanted* (lower case), as one list with commas."""
    return ", ".join(find_headers(headers, wanted))
