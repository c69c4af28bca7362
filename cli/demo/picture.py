"""A picture without a file: a PNG made of nothing but arithmetic."""

from __future__ import annotations

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_RGB = (8, 2, 0, 0, 0)


def png(size: int) -> bytes:
    """Give a square PNG of *size* times *size* pixels, a blend of colours."""
    rows = (b"\0" + bytes(_row(y, size)) for y in range(size))  # each row: no filter
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, *_EIGHT_BIT_RGB)),
            _chunk(b"IDAT", zlib.compress(b"".join(rows))),
            _chunk(b"IEND", b""),
        ]
    )


def _row(y: int, size: int) -> list[int]:
    scale = 255 / size
    return [round(part * scale) for x in range(size) for part in (x, y, size - (x + y) / 2)]


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
