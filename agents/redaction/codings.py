"""``Content-Encoding`` undone, and done again with what is shown instead."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import Any

_GZIP = zlib.MAX_WBITS | 16
_FAST = 1


class CannotDecode(Exception):
    """The message says why."""


def names(header: str) -> list[str]:
    """Give the codings in the order they were applied."""
    listed = (name.strip().lower().removeprefix("x-") for name in header.split(","))
    return [name for name in listed if name not in ("", "identity")]


def decoded(data: bytes, codings: list[str], limit: int) -> bytes:
    """Give *data* without its codings, at most *limit* bytes of it.

    Raises:
        CannotDecode: That can't be done, or is longer.
    """
    for name in reversed(codings) if data else ():
        try:
            data = _decode(data, name, limit + 1)
        except CannotDecode:
            raise
        except Exception as error:  # each library has its own
            raise CannotDecode(f"as they are not {name}") from error
        if len(data) > limit:
            raise CannotDecode("as they decode to too much")
    return data


def encoded(data: bytes, codings: list[str]) -> bytes:
    """Give *data* with its codings, as whoever shows it undoes them; what can't be is left."""
    for name in codings:
        try:
            data = _encode(data, name)
        except Exception:  # a library is missing: then nobody undoes it, either
            return data
    return data


def _decode(data: bytes, name: str, room: int) -> bytes:
    if name == "gzip":
        return _gunzip(data, room)
    if name == "deflate":
        try:
            return _inflate(data, zlib.MAX_WBITS, room)
        except zlib.error:
            return _inflate(data, -zlib.MAX_WBITS, room)
    if name == "br":
        decoder = _module("brotli").Decompressor()
        shown: bytes = decoder.process(data, output_buffer_limit=room)
        if not decoder.is_finished() and len(shown) < room:
            raise CannotDecode("as they are not whole")
        return shown
    if name == "zstd":
        decompressor = _zstd().ZstdDecompressor()
        shown = decompressor.decompress(data, room)
        if not decompressor.eof and len(shown) < room:
            raise CannotDecode("as they are not whole")
        return shown
    raise CannotDecode(f"in an unknown coding, {name:.20}")


def _gunzip(data: bytes, room: int) -> bytes:
    if data[:1] != b"\x1f":
        raise CannotDecode("as they are not gzip")
    shown = bytearray()
    while data[:1] == b"\x1f" and len(shown) < room:
        stream = zlib.decompressobj(_GZIP)
        shown += stream.decompress(data, room - len(shown))
        if not stream.eof and len(shown) < room:
            raise CannotDecode("as they are not whole")
        data = stream.unused_data
    return bytes(shown)


def _inflate(data: bytes, bits: int, room: int) -> bytes:
    stream = zlib.decompressobj(bits)
    shown = stream.decompress(data, room)
    if not stream.eof and len(shown) < room:
        raise CannotDecode("as they are not whole")
    return shown


def _encode(data: bytes, name: str) -> bytes:
    if name in {"gzip", "deflate"}:
        stream = zlib.compressobj(_FAST, wbits=_GZIP if name == "gzip" else zlib.MAX_WBITS)
        compressed: bytes = stream.compress(data) + stream.flush()
    elif name == "br":
        compressed = _module("brotli").compress(data, quality=_FAST)
    elif name == "zstd":
        compressed = _zstd().compress(data)
    else:
        raise CannotDecode(name)
    return compressed


# Any: they have no stubs in common.
def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise CannotDecode(f"as {name} is not installed") from error


def _zstd() -> Any:
    try:
        return import_module("compression.zstd")
    except ImportError:
        return _module("backports.zstd")
