"""The protocol's messages without what lets others in: cookies and authorization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from ..har import SECRET

_COOKIES = frozenset({"associatedCookies", "blockedCookies", "exemptedCookies", "cookies"})
_TEXTS = frozenset({"headersText", "requestHeadersText"})


# Any: JSON.
def without_secrets(value: Any) -> Any:
    """Give *value* without cookies and without the headers that are :data:`SECRET`.

    Headers are told by their names, wherever they stand: a name of an object, the ``name`` of
    one in a list, or a line of a head's text.
    """
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {name: _member(name, each) for name, each in members if not _is_secret(name)}
    if isinstance(value, list):
        items = cast("Sequence[Any]", value)
        return [without_secrets(each) for each in items if not _is_header(each)]
    return value


def _member(name: str, value: Any) -> Any:
    if name in _COOKIES and isinstance(value, list):
        return []
    if name in _TEXTS and isinstance(value, str):
        return "\r\n".join(line for line in value.split("\r\n") if not _is_line(line))
    return without_secrets(value)


def _is_secret(name: str) -> bool:
    return name.lower() in SECRET


def _is_header(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    members = cast("dict[str, Any]", value)
    name = members.get("name")
    return "value" in members and isinstance(name, str) and _is_secret(name)


def _is_line(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon) and _is_secret(name.strip())
