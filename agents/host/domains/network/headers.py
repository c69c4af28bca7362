"""Headers from the wire's form to CDP's."""

from __future__ import annotations

from collections.abc import Sequence

from .....channels.http import Headers as WireHeaders
from .types import Headers

Pairs = Sequence[tuple[str, str]]
"""Names and values as text, in the order and case of the wire."""


def pairs(headers: WireHeaders) -> Pairs:
    """Give names and values as text; bytes are Latin-1, as HTTP has them."""
    return [
        (
            name if isinstance(name, str) else name.decode("latin-1"),
            value if isinstance(value, str) else value.decode("latin-1"),
        )
        for name, value in headers
    ]


def joined(headers: Pairs) -> Headers:
    """Give CDP's map: one value a name, those of equal names (in any case) joined by line feeds."""
    if len({name.lower() for name, _ in headers}) == len(headers):
        return dict(headers)
    result: Headers = {}
    spelling: dict[str, str] = {}
    for name, value in headers:
        key = spelling.setdefault(name.lower(), name)
        result[key] = f"{result[key]}\n{value}" if key in result else value
    return result


def find(headers: Pairs, wanted: str) -> str:
    """Give the value of the first header called *wanted* (lower case), or an empty text."""
    return next((value for name, value in headers if name.lower() == wanted), "")


def head_text(first_line: str, headers: Pairs) -> str:
    """Give the head of a message as HTTP/1 writes it."""
    lines = [first_line, *[f"{name}: {value}" for name, value in headers], "", ""]
    return "\r\n".join(lines)
