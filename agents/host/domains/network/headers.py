"""Headers from the wire's form to CDP's."""

from __future__ import annotations

from collections.abc import Iterator

from .....channels.http import Headers as WireHeaders
from .types import Headers


def pairs(headers: WireHeaders) -> Iterator[tuple[str, str]]:
    """Give names and values as text; bytes are Latin-1, as HTTP has them."""
    for name, value in headers:
        yield _text(name), _text(value)


def joined(headers: WireHeaders) -> Headers:
    """Give CDP's map: one value a name, those of equal names (in any case) joined by line feeds."""
    result: Headers = {}
    spelling: dict[str, str] = {}
    for name, value in pairs(headers):
        key = spelling.setdefault(name.lower(), name)
        result[key] = f"{result[key]}\n{value}" if key in result else value
    return result


def find(headers: WireHeaders, wanted: str) -> str:
    """Give the value of the first header called *wanted* (lower case), or an empty text."""
    return next((value for name, value in pairs(headers) if name.lower() == wanted), "")


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
