"""The IO domain: what is too long for one answer, read piece by piece.

https://chromedevtools.github.io/devtools-protocol/tot/IO/
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import attrs

from ..api.command import command
from ..api.domain import Domain
from ..protocol.errors import INVALID_PARAMS, CommandError

if TYPE_CHECKING:
    from ..api.session import Session

MAX_STREAMS = 2_000
"""How many a front end may have open: DevTools opens the source maps of all files at once."""
MAX_BYTES = 64_000_000
"""Of all streams that a front end has open."""
DEFAULT_SIZE = 1 << 20
"""Bytes that one ``read`` gives, if it says nothing else."""


@attrs.frozen(kw_only=True)
class ReadData:
    """A piece of a stream.

    Attributes:
        eof: Whether nothing follows it.
    """

    base64_encoded: bool | None = None
    data: str = attrs.field()
    eof: bool


@attrs.define(eq=False)
class _Stream:
    """A text in UTF-8, and how far it was read."""

    data: bytes
    position: int = 0

    def read(self, offset: int | None, size: int) -> ReadData:
        begin = self._boundary(self.position if offset is None else offset)
        self.position = self._boundary(begin + size)
        text = self.data[begin : self.position].decode()
        # DevTools does not look at the data of what says that it is the end.
        return ReadData(base64_encoded=False, data=text, eof=not text)

    def _boundary(self, position: int) -> int:
        """Give the first position from this one on that is not within a character."""
        while position < len(self.data) and self.data[position] & 0xC0 == 0x80:
            position += 1
        return position


class IO(Domain):
    """Streams, as ``Network.loadNetworkResource`` opens them."""

    name = "IO"
    version = "1.3"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._numbers = itertools.count(1)
        self._streams: dict[str, _Stream] = {}
        self._held = 0

    def open(self, text: bytes) -> str:
        """Make a stream of *text*, in UTF-8, and give its handle.

        Raises:
            CommandError: Too many are open, or too long ones.
        """
        if len(self._streams) >= MAX_STREAMS or self._held + len(text) > MAX_BYTES:
            raise CommandError(
                f"{len(self._streams):,} streams of {self._held:,} bytes are open already; "
                "close one with IO.close"
            )
        handle = str(next(self._numbers))
        self._streams[handle] = _Stream(text)
        self._held += len(text)
        return handle

    @command
    def read(self, handle: str, offset: int | None = None, size: int | None = None) -> ReadData:
        """Give the next piece of a stream; of one that is not open there is nothing left.

        Args:
            offset: Where it begins, in bytes; where the last one ended by default.
            size: About how many bytes to give: no character is ever cut.
        """
        if (offset is not None and offset < 0) or (size is not None and size <= 0):
            text = f"offset must be from 0 on and size from 1 on, not {offset} and {size}"
            raise CommandError(text, INVALID_PARAMS)
        stream = self._streams.get(handle)
        if stream is None:
            return ReadData(data="", eof=True)
        return stream.read(offset, min(size or DEFAULT_SIZE, 10 * DEFAULT_SIZE))

    @command
    def close_(self, handle: str) -> None:  # with an underscore, as a domain's ``close`` is a hook
        """Let go of a stream; a second call does nothing."""
        stream = self._streams.pop(handle, None)
        self._held -= len(stream.data) if stream else 0

    def close(self) -> None:
        """Let go of all streams: the front end has left."""
        self._streams.clear()
        self._held = 0
        super().close()
