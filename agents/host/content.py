"""Bodies made readable: content coding undone, text told from binary."""

from __future__ import annotations

import base64
import codecs
import re
import zlib
from collections.abc import Callable
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

_MIME_TYPE = re.compile(r"[^\s/;,]+/[^\s/;,]+")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
# Slow, of no use, or not from bytes to text.
_NOT_CHARSETS = frozenset(
    {
        "base64", "bz2", "hex", "idna", "punycode", "quopri", "raw-unicode-escape", "rot13",
        "undefined", "unicode-escape", "uu", "zlib",
    }
)  # fmt: skip


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
        mime_type = header.partition(";")[0].strip().lower()
        if not _MIME_TYPE.fullmatch(mime_type):
            return cls("", "")
        charset = _CHARSET.search(header)
        return cls(mime_type, charset[1].lower() if charset else "")


@attrs.frozen
class Display:
    """A body as CDP carries it: text, or base64 of what is not."""

    text: str
    base64_encoded: bool


def display(data: bytes, content_type: ContentType, note: str = "") -> Display:
    """Give *data* as text if its type or its bytes say that it is, else as base64.

    A *note* stands under a text.
    """
    lenient = "replace" if content_type.is_text else "strict"
    try:
        text = data.decode(_codec(content_type.charset), lenient)
        text.encode()  # UTF-7 can hold halves of surrogate pairs, JSON can't
    except UnicodeError:
        return Display(base64.b64encode(data).decode("ascii"), base64_encoded=True)
    return Display(text + note, base64_encoded=False)


def _codec(charset: str) -> str:
    """Give the codec of *charset*; UTF-8 if there is none, or only one that is Python's own."""
    try:
        found = codecs.lookup(charset or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if found.name in _NOT_CHARSETS else found.name


class ContentDecoder:
    """Undoes one ``Content-Encoding``, piece by piece.

    What is not encoded as announced comes out as it went in from there on: a
    wrong header must not hide the bytes.
    """

    def __init__(self, encoding: str) -> None:
        make = _DECODERS.get(encoding.strip().lower())
        self._step = make() if make else None
        # What went in while nothing has come out: it may turn out not to be encoded.
        self._begun = b""
        self._decoded = 0
        self._missed = False

    def decode(self, data: bytes) -> bytes:
        """Give what *data*, the next bytes of the body, decodes to."""
        if self._step is None:
            return b"" if self._missed else data
        room = MAX_DECODED - self._decoded
        if room <= 0:
            return b""
        try:
            decoded = self._step.decompress(data, room)
        except zlib.error:
            self._step = None
            return data if self._decoded else self._begun + data
        self._note(data, decoded)
        return decoded

    def skip(self) -> bytes:
        """Take note that bytes are missing here: what was encoded can't be read from there on."""
        if self._step is not None:
            self._step, self._missed = None, True
        return b""

    def _note(self, data: bytes, decoded: bytes) -> None:
        self._decoded += len(decoded)
        self._begun = b"" if self._decoded else (self._begun + data)[:_LONGEST_HEAD]


class _Step(Protocol):
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """One gzip stream, or several one after the other, which count as one.

    What follows them and is none is left out, as browsers do.
    """

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP)
        self._over = False

    def decompress(self, data: bytes, max_length: int) -> bytes:
        decoded = bytearray()
        # In slices, as after each stream the rest of the input is copied.
        for start in range(0, len(data), _SLICE):
            rest = data[start : start + _SLICE]
            while rest and not self._over and len(decoded) < max_length:
                if self._inner.eof:
                    self._inner = zlib.decompressobj(_GZIP)
                    self._over = not _GZIP_MAGIC.startswith(rest[:2])
                    continue
                decoded += self._inner.decompress(rest, max_length - len(decoded))
                rest = self._inner.unused_data
        return bytes(decoded)


class _Deflate:
    """``deflate`` is zlib's format, yet some servers send it without the header."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._head = b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if len(self._head) >= 2:
            return self._inner.decompress(data, max_length)
        # Two bytes tell whether there is a header.
        self._head += data
        if len(self._head) < 2:
            return b""
        try:
            return self._inner.decompress(self._head, max_length)
        except zlib.error:
            self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._inner.decompress(self._head, max_length)


_GZIP = zlib.MAX_WBITS | 16
_GZIP_MAGIC = b"\x1f\x8b"
_SLICE = 4096
_LONGEST_HEAD = 65536

_DECODERS: dict[str, Callable[[], _Step]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
}
