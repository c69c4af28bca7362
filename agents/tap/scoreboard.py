"""The program's side of the memory that the host reads: see :mod:`..link.scoreboard`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from mmap import MAP_SHARED, PROT_READ, PROT_WRITE
from pathlib import Path
from typing import Any

import msgpack

from ...channels._identity import name_of_thread
from ...channels._rendering_types import name_of
from ..link.scoreboard import FREE, PLACE, PLACES, SIZE, make_file

_PLAIN = frozenset({int, float, bool, type(None)})
_LONGEST_TEXT = 60
_LONGEST_NAME = 100


class MemoryScoreboard:
    """Notes calls in memory that the host can read at any time.

    Args:
        made: Called with the path of the file that the memory is of.

    Attributes:
        with_arguments: Whether the host may see these.
    """

    def __init__(self, made: Callable[[str], object]) -> None:
        self.with_arguments: bool = True
        self._made = made
        self._path: Path | None = None
        self._memory: memoryview | bytearray = bytearray()
        self._free: list[int] = []
        # One for all threads: packing holds the interpreter lock to its end.
        self._pack: Callable[[object], bytes] = msgpack.Packer(unicode_errors="replace").pack

    def open(self) -> None:
        """See :class:`tapscope.channels.scoreboard.Scoreboard`."""
        if len(self._memory):
            return
        try:
            descriptor, path = make_file()
        except OSError:
            return
        try:
            self._memory = _mapped(descriptor)
        except OSError:
            Path(path).unlink()
            return
        finally:
            os.close(descriptor)
        self._free = list(range(PLACES))
        self._path = Path(path)
        self._made(path)

    def close(self) -> None:
        """Remove the file, if the host has not done so."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None

    def enter(
        self,
        call: int,
        count: int,
        began: int,
        thread: int,
        parent: int | None,
        arguments: Sequence[object],
        keywords: Mapping[str, object],
    ) -> int:
        """See :class:`tapscope.channels.scoreboard.Scoreboard`."""
        try:
            place = self._free.pop()
        except IndexError:
            return -1
        # So much always has room, if the arguments do not.
        known = (call, count, began, name_of_thread(thread)[:_LONGEST_NAME], parent)
        try:
            noted = self._noted(known, arguments, keywords)
        except Exception:  # integers of more than 64 bits
            noted = b""
        if not 0 < len(noted) <= PLACE or not self.with_arguments:
            noted = self._pack((*known, None, None))
        start = place * PLACE
        self._memory[start : start + len(noted)] = noted
        return place

    def leave(self, place: int) -> None:
        """See :class:`tapscope.channels.scoreboard.Scoreboard`."""
        if place >= 0:
            self._memory[place * PLACE] = FREE[0]
            self._free.append(place)

    def left_to_parent(self) -> MemoryScoreboard:
        """Give another for this forked child; whoever is in this one can still leave."""
        self._memory, self._free = bytearray(SIZE), []
        another = MemoryScoreboard(self._made)
        another.with_arguments = self.with_arguments
        return another

    def _noted(
        self,
        known: tuple[object, ...],
        arguments: Sequence[object],
        keywords: Mapping[str, object],
    ) -> bytes:
        if keywords or not _PLAIN.issuperset(map(type, arguments)):
            arguments = [_brief(value) for value in arguments]
            keywords = {name: _brief(value) for name, value in keywords.items()}
        return self._pack((*known, arguments, keywords))


def _mapped(descriptor: int) -> memoryview:
    """Map a file into memory, for as long as the process lives.

    Not by :class:`mmap.mmap`, which keeps a descriptor and closes that number at its end: a
    program may have closed it before, and have put a file of its own in the place.

    Raises:
        OSError: That is not possible.
    """
    import ctypes

    map_file: Any = ctypes.CDLL(None, use_errno=True).mmap
    map_file.restype = ctypes.c_void_p
    map_file.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
    address = map_file(None, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    if address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "no memory for a scoreboard")
    return memoryview((ctypes.c_ubyte * SIZE).from_address(address)).cast("B")


def _brief(value: object) -> object:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, str | bytes) and kind in (str, bytes):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT]
    return f"<{name_of(kind)}>"
