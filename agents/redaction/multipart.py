"""``multipart/form-data`` without the values of certain fields."""

from __future__ import annotations

import re
from collections.abc import Callable

_BOUNDARY = re.compile(r";\s*boundary=(?:\"([^\"]+)\"|([^\s;\"]+))", re.IGNORECASE)
_NAME = re.compile(rb";\s*name=(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;]+))", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class NoMultipart(Exception):
    """The body is not what its type says."""


def without_fields(data: bytes, content_type: str, shown: Callable[[str, bytes], bytes]) -> bytes:
    """Give *data* with each field as *shown* gives it for its name and its value.

    Raises:
        NoMultipart: It is none.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise NoMultipart("no boundary")
    delimiter = b"--" + (found[1] or found[2]).encode("latin-1", "replace")
    first, *parts = data.split(delimiter)
    if first.strip() or not parts or not parts[-1].startswith(b"--"):
        raise NoMultipart("its boundaries are wrong")
    fields = [_field(part, shown) for part in parts[:-1]]
    return delimiter.join([first, *fields, b"--\r\n"])


def _field(part: bytes, shown: Callable[[str, bytes], bytes]) -> bytes:
    end = _HEAD_END.search(part)
    name = _NAME.search(part[: end.start()]) if end else None
    if end is None or name is None:
        raise NoMultipart("a part has no name")
    value = part[end.end() :]
    line_end = b"\r\n" if value.endswith(b"\r\n") else value[-1:] if value.endswith(b"\n") else b""
    value = value[: len(value) - len(line_end)]
    text = (name[1] or name[2] or b"").decode("utf-8", "replace")
    return part[: end.end()] + shown(text, value) + line_end
