"""What ``Content-Encoding`` names, undone piece by piece; no piece can fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

# The first byte of a stream; from 0x50 on those that are to be skipped.
_GZIP_BEGIN = (0x1F,)
_ZSTD_BEGIN = (0x28, *range(0x50, 0x60))

_GZIP_BITS = zlib.MAX_WBITS | 16
_SLICE = 4096
# RFC 9659: no decoder of HTTP need have more than 8 MB for it.
_ZSTD_WINDOW_LOG = 23


class UnknownCoding(Exception):
    """Nothing here undoes it; the message says why."""


class Coding(Protocol):
    """One coding of one body."""

    @property
    def over(self) -> bool:
        """Whether what came so far is whole."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Give what *data*, the next bytes, decode to: at most *max_length*, the rest is lost.

        Raises:
            Exception: They are not encoded like that.
        """
        ...


def coding(name: str) -> Coding:
    """Make what undoes the coding called *name*, in lower case.

    Raises:
        UnknownCoding: Nothing here does.
    """
    make = _CODINGS.get(name)
    if make is None:
        raise UnknownCoding(f"the content coding {name!r:.50} is not known")
    try:
        return make()
    except ImportError as error:
        text = f"the content coding {name!r} needs a package that is missing: {error}"
        raise UnknownCoding(text) from error


class _Stream(Protocol):
    """A decompressor of the standard library: ``zlib``'s, or one made like ``lzma``'s."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Streams:
    """One compressed stream, or several one after the other, which count as one.

    What follows them and is none is left out, as browsers do.

    Args:
        make: Makes what undoes one of them.
        begin: The bytes that one can begin with.
    """

    def __init__(self, make: Callable[[], _Stream], begin: tuple[int, ...]) -> None:
        self._make = make
        self._begin = begin
        self._inner = make()
        self._over = False

    @property
    def over(self) -> bool:
        return self._over or self._inner.eof

    def decompress(self, data: bytes, max_length: int) -> bytes:
        decoded = bytearray()
        # In slices, as after each stream the rest of the input is copied.
        for start in range(0, len(data), _SLICE):
            rest = data[start : start + _SLICE]
            while rest and not self._over and len(decoded) < max_length:
                if self._inner.eof:
                    self._inner = self._make()
                    self._over = rest[0] not in self._begin
                    continue
                decoded += self._inner.decompress(rest, max_length - len(decoded))
                rest = self._inner.unused_data
        return bytes(decoded)


class _Deflate:
    """``deflate`` is zlib's format, yet some servers send it without the header."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._head = b""

    @property
    def over(self) -> bool:
        return self._inner.eof

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


class _Brotli:
    """One stream, with nothing behind it."""

    def __init__(self) -> None:
        self._inner: Any = import_module("brotli").Decompressor()

    @property
    def over(self) -> bool:
        return bool(self._inner.is_finished())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        decoded = bytearray()
        waiting = data
        while len(decoded) < max_length and not self._inner.is_finished():
            room = max_length - len(decoded)
            decoded += self._inner.process(waiting, output_buffer_limit=room)
            waiting = b""
            if self._inner.can_accept_more_data():
                break
        # It gives whole blocks, which may be more than there is room for.
        return bytes(decoded[:max_length])


def _gzip() -> Coding:
    return _Streams(lambda: zlib.decompressobj(_GZIP_BITS), _GZIP_BEGIN)


def _zstd() -> Coding:
    module = zstd_module()
    options = {module.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return _Streams(lambda: module.ZstdDecompressor(options=options), _ZSTD_BEGIN)


# Any: there are no stubs for the two of them together.
def zstd_module() -> Any:
    """Give the standard library's module, or before Python 3.14 the package that is a copy of it.

    Raises:
        ImportError: It is missing.
    """
    try:
        return import_module("compression.zstd")
    except ImportError:
        return import_module("backports.zstd")


_CODINGS: dict[str, Callable[[], Coding]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _zstd,
}
