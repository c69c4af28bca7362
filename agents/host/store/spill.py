"""A file for what there is no room for in memory; the newest overwrites the oldest.

The file has no name from before its first byte on, so nobody else can open it, and
nothing is left of it however its process ends.
"""

from __future__ import annotations

import os
import tempfile
from typing import BinaryIO

import attrs


@attrs.frozen(eq=False)
class Place:
    """Some bytes of a spill: the number of the first, over all that were ever written."""

    begin: int
    length: int


class Spill:
    """A ring of bytes in a file, made with the first of them.

    Attributes:
        capacity: How many bytes it has at most.
    """

    def __init__(self, capacity: int) -> None:
        self._file: BinaryIO | None = None
        self._written = 0
        self.capacity = capacity

    @property
    def oldest(self) -> int:
        """The number of the first byte that is not overwritten."""
        return max(0, self._written - self.capacity)

    def write(self, data: bytes | bytearray) -> Place:
        """Append *data*, over the oldest bytes if need be.

        Raises:
            OSError: The disk is full, there is no directory for it, or *data* is too long.
        """
        if len(data) > self.capacity:
            raise OSError(f"{len(data):,} bytes are more than its {self.capacity:,}")
        self._file = self._file or _nameless()
        descriptor, start = self._file.fileno(), self._written % self.capacity
        room = self.capacity - start
        _write(descriptor, data[:room], start)
        _write(descriptor, data[room:], 0)
        place = Place(self._written, len(data))
        self._written += len(data)
        return place

    def read(self, place: Place) -> bytes:
        """Give what is at *place*, which must not be overwritten.

        Raises:
            OSError: It can't be read.
        """
        if self._file is None or place.begin < self.oldest:
            raise OSError("it is overwritten")
        descriptor, start = self._file.fileno(), place.begin % self.capacity
        first = os.pread(descriptor, min(place.length, self.capacity - start), start)
        data = first + os.pread(descriptor, place.length - len(first), 0)
        if len(data) < place.length:
            raise OSError("it is shorter than what was written")
        return data

    def close(self) -> None:
        """Give the disk's room back; it can't be read from any more."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __del__(self) -> None:
        self.close()


def _nameless() -> BinaryIO:
    """Make a file that nobody else can open; in a directory of its own until it has no name."""
    # What is temporary and large belongs there; /tmp may be in memory.
    parent = None if os.environ.get("TMPDIR") or not os.path.isdir("/var/tmp") else "/var/tmp"  # noqa: S108
    directory = tempfile.mkdtemp(prefix="tapscope-", dir=parent)
    try:
        file: BinaryIO = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115
    finally:
        os.rmdir(directory)
    return file


def _write(descriptor: int, data: bytes | bytearray, offset: int) -> None:
    view = memoryview(data)
    while view:
        count = os.pwrite(descriptor, view, offset)
        view, offset = view[count:], offset + count
