"""WebSocket text frames as a server sends them: unmasked, whole, not compressed.

trio-websocket takes 20 us for each message that it sends, and needs the text decoded first
only to encode it again. What the inspector sends is always one whole frame of UTF-8 that it
already has as bytes, and then the header is all there is to add (RFC 6455, section 5.2).
"""

from __future__ import annotations

from collections.abc import Iterable

_FINAL_TEXT = 0x81


def text_frames(messages: Iterable[bytes]) -> bytes:
    """Frame each of *messages*, which must be UTF-8, as one text message."""
    parts: list[bytes] = []
    for message in messages:
        parts.append(_header(len(message)))
        parts.append(message)
    return b"".join(parts)


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((_FINAL_TEXT, size))
    if size < 65536:
        return bytes((_FINAL_TEXT, 126)) + size.to_bytes(2, "big")
    return bytes((_FINAL_TEXT, 127)) + size.to_bytes(8, "big")
