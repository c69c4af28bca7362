"""The bytes of one body, as many as are kept."""

from __future__ import annotations

import attrs

from .spill import Place, Spill


@attrs.define(eq=False)
class Body:
    """What is kept of a body: its first bytes, as they were on the wire.

    Attributes:
        length: How many bytes it had in all, kept or not.
        kept: How many of them are here, in memory or in a file.
        cut: Why not all of them are kept; empty if all are.
        held: How many of them are in memory.
    """

    length: int = 0
    kept: int = 0
    cut: str = ""
    held: int = 0
    _data: bytearray = attrs.field(factory=bytearray)
    _places: list[tuple[Spill, Place]] = attrs.field(factory=list[tuple[Spill, Place]])

    def add(self, data: bytes | None, length: int, limit: int) -> None:
        """Take the next piece, of *length* bytes; ``None`` for one that is lost.

        Only a prefix is kept, never a body with a hole: after the first bytes
        that are missing nothing more is taken.
        """
        self.length += length
        if self.cut:
            return
        if data is None:
            self.cut = "the program sent faster than the link to the host carries"
            return
        room = max(limit - self.kept, 0)
        if len(data) > room:
            self.cut = f"the limit for one body is {limit:,} bytes"
            data = data[:room]
        self._data += data
        self.held += len(data)
        self.kept += len(data)

    def move(self, spill: Spill) -> Place | None:
        """Move what is in memory to a file; give where it is, if there is anything.

        Raises:
            OSError: That can't be done; nothing has changed.
        """
        if not self.held:
            return None
        place = spill.write(self._data)
        self._places.append((spill, place))
        self._data = bytearray()
        self.held = 0
        return place

    def lose(self, place: Place, reason: str) -> None:
        """Let go of all that is kept if a part of it is at *place* in a file."""
        if any(place is known for _, known in self._places):
            self.drop(reason)

    def drop(self, reason: str) -> None:
        """Let go of what is kept, because of *reason*."""
        if self.kept or not self.cut:
            self.cut = reason if self.length else ""
        self.held = self.kept = 0
        self._data = bytearray()
        self._places.clear()

    def data(self) -> bytes:
        """Give what is kept."""
        if not self._places:
            return bytes(self._data)
        try:
            moved = [spill.read(place) for spill, place in self._places]
        except OSError as error:
            self._places.clear()
            self.kept, self.cut = 0, f"they were moved to a file that can't be read: {error}"
            return b""
        return b"".join([*moved, self._data]) if self.kept else b""
