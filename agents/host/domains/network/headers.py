"""Headers from the wire's form to CDP's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .....channels.http import Headers as WireHeaders
from .types import Headers

Pairs = Sequence[tuple[str, str]]
"""Names and values as text, in the order and case of the wire."""


def pairs(headers: WireHeaders) -> Pairs:
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


def joined(headers: Pairs) -> Headers:
    """Give CDP's map of the wire: values of equal names (in any case) are joined by line feeds."""
    return _by_name(headers, lambda _: "\n")


def folded(headers: Pairs) -> Headers:
    """Give CDP's map of what headers mean: values of equal names are one, as HTTP reads them."""
    return _by_name(headers, lambda name: _SEPARATORS.get(name, ", "))


_SEPARATORS = {"cookie": "; ", "set-cookie": "\n"}


def _by_name(headers: Pairs, separator: Callable[[str], str]) -> Headers:
    if len({name.lower() for name, _ in headers}) == len(headers):
        return dict(headers)
    values: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        spelling.setdefault(key, name)
        values.setdefault(key, []).append(value)
    return {spelling[key]: separator(key).join(several) for key, several in values.items()}


def find(headers: Pairs, wanted: str) -> str:
    """Give the value of the first header called *wanted* (lower case), or an empty text."""
    return next(find_all(headers, wanted), "")


def find_all(headers: Pairs, wanted: str) -> Iterator[str]:
    """Give the values of all headers called *wanted* (lower case)."""
    return (value for name, value in headers if name.lower() == wanted)


def all_of(headers: Pairs, wanted: str) -> str:
    """Give the values of all headers called *wanted* (lower case), as one list with commas."""
    return ", ".join(value for name, value in headers if name.lower() == wanted)


def head_text(first_line: str, headers: Pairs) -> str:
    """Give the head of a message as HTTP/1 writes it."""
    lines = [first_line, *[f"{name}: {value}" for name, value in headers], "", ""]
    return "\r\n".join(lines)
