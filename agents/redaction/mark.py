"""What is shown in the place of a value."""

from __future__ import annotations

from typing import Final

MARK: Final = "[redacted]"
MARK_BYTES: Final = MARK.encode()


def withheld(length: int, reason: str) -> str:
    """Give what is shown in the place of *length* bytes that nobody could look through."""
    return f"[redacted: {length:,} bytes, {reason}]"
