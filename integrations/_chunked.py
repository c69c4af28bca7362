"""The chunked transfer coding (RFC 9112, section 7.1), taken off a body as it passes by."""

from __future__ import annotations

from typing import Literal, TypeAlias

_State: TypeAlias = Literal["size", "data", "end", "trailer", "done", "lost"]


class ChunkedSplitter:
    """Separates a chunked body's payload from its framing, however it is cut into pieces.

    Sizes are read as leniently as ``http.client`` reads them.  After a line
    that can't be a size the rest counts as payload.

    Attributes:
        ended: Whether the last chunk and the trailer are through.
        in_trailer: Whether only the trailer is missing.
    """

    __slots__ = ("_left", "_line", "_state")

    def __init__(self) -> None:
        self._state: _State = "size"
        self._left = 0
        self._line = b""

    @property
    def ended(self) -> bool:
        """Whether the last chunk and the trailer are through."""
        return self._state == "done"

    @property
    def in_trailer(self) -> bool:
        """Whether the payload is complete and only the trailer is missing."""
        return self._state == "trailer"

    @property
    def missing(self) -> int:
        """How many bytes of the present chunk are still to come."""
        return self._left

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the wire and give the payload in them."""
        # Clients read a whole chunk at a time, and then this is all there is to do.
        if self._state == "data" and len(data) <= self._left:
            self._took(len(data))
            return data
        payload = b""
        position = 0
        while position < len(data):
            piece, position = self._step(data, position)
            payload += piece
        return payload

    def _step(self, data: bytes, position: int) -> tuple[bytes, int]:
        if self._state == "data":
            piece = data[position : position + self._left]
            self._took(len(piece))
            return piece, position + len(piece)
        if self._state in {"done", "lost"}:
            return data[position:] if self._state == "lost" else b"", len(data)
        return b"", self._read_line(data, position)

    def _took(self, count: int) -> None:
        self._left -= count
        if not self._left:
            self._state = "end"

    def _read_line(self, data: bytes, position: int) -> int:
        end = data.find(b"\n", position) + 1
        if not end:
            self._line += data[position:]
            return len(data)
        line, self._line = self._line + data[position:end], b""
        self._on_line(line)
        return end

    def _on_line(self, line: bytes) -> None:
        if self._state == "size":
            self._on_size(line)
        elif self._state == "end":
            self._state = "size"
        elif not line.strip(b"\r\n"):
            self._state = "done"

    def _on_size(self, line: bytes) -> None:
        try:
            self._left = int(line.partition(b";")[0], 16)
        except ValueError:
            self._left = -1
        if self._left < 0:
            self._state = "lost"
            self._left = 0
        else:
            self._state = "data" if self._left else "trailer"
