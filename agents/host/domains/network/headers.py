"""Headers as CDP has them."""

from __future__ import annotations

from collections.abc import Callable

from ...content.headers import HeaderPairs
from .types import Headers


def joined(headers: HeaderPairs) -> Headers:
    """Give CDP's map of the wire: values of equal names (in any case) are joined by line feeds."""
    return _by_name(headers, lambda _: "\n")


def folded(headers: HeaderPairs) -> Headers:
    """Give CDP's map of what headers mean: values of equal names are one, as HTTP reads them."""
    return _by_name(headers, lambda name: _SEPARATORS.get(name, ", "))


_SEPARATORS = {"cookie": "; ", "set-cookie": "\n"}


def _by_name(headers: HeaderPairs, separator: Callable[[str], str]) -> Headers:
    if len({name.lower() for name, _ in headers}) == len(headers):
        return dict(headers)
    values: dict[str, list[str]] = {}
    spelling: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        spelling.setdefault(key, name)
        values.setdefault(key, []).append(value)
    return {spelling[key]: separator(key).join(several) for key, several in values.items()}


def head_text(first_line: str, headers: HeaderPairs) -> str:
    """Give the head of a message as HTTP/1 writes it."""
    lines = [first_line, *[f"{name}: {value}" for name, value in headers], "", ""]
    return "\r\n".join(lines)
