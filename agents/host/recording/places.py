"""Where in a file the entries are, and when they began."""

from __future__ import annotations

from array import array
from collections.abc import Iterator


class Places:
    """The places of entries, in the order of the file; 24 bytes each."""

    def __init__(self) -> None:
        self._began = array("q")
        self._begins = array("q")
        self._ends = array("q")
        self.in_order: bool = True
        """Whether no entry began before the one in front of it."""

    def __len__(self) -> int:
        return len(self._began)

    def add(self, began: int, begin: int, end: int) -> None:
        """Add an entry that *began* then, in nanoseconds, and stands from *begin* to *end*."""
        self.in_order = self.in_order and (not self._began or self._began[-1] <= began)
        self._began.append(began)
        self._begins.append(begin)
        self._ends.append(end)

    def by_time(self) -> Iterator[tuple[int, int]]:
        """Give where each entry begins and ends, the entry that began first before all others."""
        for number in sorted(range(len(self)), key=self._began.__getitem__):
            yield self._begins[number], self._ends[number]
