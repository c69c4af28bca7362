"""The bytes of one body, as many as are kept."""

from __future__ import annotations

import attrs


@attrs.define(eq=False)
class Body:
    """What is kept of a body: its first bytes, as they were on the wire.

    Attributes:
        length: How many bytes it had in all, kept or not.
        kept: How many of them are here.
        cut: Why not all of them are kept; empty if all are.
    """

    length: int = 0
    kept: int = 0
    cut: str = ""
    _data: bytearray = attrs.field(factory=bytearray)

    def add(self, data: bytes | None, length: int, limit: int) -> int:
        """Take the next piece, of *length* bytes; give how many bytes of it are kept.

        Only a prefix is kept, never a body with a hole: after the first bytes
        that are missing nothing more is taken.
        """
        self.length += length
        if self.cut:
            return 0
        if data is None:
            self.cut = "the program sent faster than the link to the host carries"
            return 0
        room = limit - self.kept
        if len(data) > room:
            self.cut = f"the limit for one body is {limit:,} bytes"
            data = data[:room]
        self._data += data
        self.kept += len(data)
        return len(data)

    def drop(self, reason: str) -> int:
        """Let go of what is kept, because of *reason*; give how many bytes that frees."""
        freed, self.kept = self.kept, 0
        self._data = bytearray()
        if self.length:
            self.cut = reason
        return freed

    def data(self) -> bytes:
        """Give what is kept."""
        return bytes(self._data)
