"""Bodies made readable: content coding undone, text told from binary."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from email.message import Message
from typing import Protocol

import attrs

MAX_DECODED = 50_000_000
"""Bytes; a body that swells beyond is cut, so that a bomb can't fill the memory."""

_TEXT_TYPES = (
    "json",
    "xml",
    "javascript",
    "ecmascript",
    "x-www-form-urlencoded",
    "graphql",
    "yaml",
)


@attrs.frozen
class ContentType:
    """A media type in lower case without its parameters, and its charset; both may be empty."""

    mime_type: str
    charset: str

    @property
    def is_text(self) -> bool:
        """Whether a body of this type is for reading."""
        return self.mime_type.startswith("text/") or self.mime_type.endswith(_TEXT_TYPES)

    @classmethod
    def parse(cls, header: str) -> ContentType:
        """Read the value of a ``Content-Type`` header; what can't be read is empty."""
        if "/" not in header:
            return cls("", "")
        message = Message()
        message["Content-Type"] = header
        return cls(message.get_content_type(), message.get_content_charset() or "")


@attrs.frozen
class Display:
    """A body as CDP carries it: text, or base64 of what is not."""

    text: str
    base64_encoded: bool


def display(data: bytes, content_type: ContentType, note: str = "") -> Display:
    """Give *data* as text if its type or its bytes say that it is, else as base64.

    A *note* stands under a text.
    """
    charset = content_type.charset or "utf-8"
    lenient = "replace" if content_type.is_text else "strict"
    try:
        return Display(data.decode(charset, lenient) + note, base64_encoded=False)
    except (UnicodeDecodeError, LookupError):
        return Display(base64.b64encode(data).decode("ascii"), base64_encoded=True)


class ContentDecoder:
    """Undoes one ``Content-Encoding``, piece by piece.

    What is not encoded as announced comes out as it went in from there on: a
    wrong header must not hide the bytes.
    """

    def __init__(self, encoding: str) -> None:
        make = _DECODERS.get(encoding.strip().lower())
        self._step = make() if make else None
        self._decoded = 0

    def decode(self, data: bytes) -> bytes:
        """Give what *data*, the next bytes of the body, decodes to."""
        if self._step is None:
            return data
        if self._decoded >= MAX_DECODED:
            return b""
        try:
            decoded = self._step.decompress(data, MAX_DECODED - self._decoded)
        except zlib.error:
            self._step = None
            return data
        self._decoded += len(decoded)
        return decoded


class _Step(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Deflate:
    """``deflate`` is zlib's format, yet some servers send it without the header."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._begun = False

    def decompress(self, data: bytes, max_length: int) -> bytes:
        try:
            decoded = self._inner.decompress(data, max_length)
        except zlib.error:
            if self._begun:
                raise
            self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            decoded = self._inner.decompress(data, max_length)
        self._begun = True
        return decoded


def _gzip() -> _Step:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


_DECODERS: dict[str, Callable[[], _Step]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
}
