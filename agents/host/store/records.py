"""What the programs logged, for the Console."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import attrs

from ...link.messages import RecordLogged
from .process import NO_STACK, CausedStack, Process

MAX_RECORDS = 1_000
MAX_CHARACTERS = 4_000_000
_EMPTY = 500  # characters' worth of memory that a record takes beside its texts


@attrs.frozen(eq=False)
class Record:
    """A record of logging, or a warning.

    Attributes:
        stack: Where it was logged, innermost frame first.
    """

    process: Process
    told: RecordLogged
    stack: CausedStack

    @property
    def size(self) -> int:
        """About how many characters it takes."""
        return _EMPTY + len(self.told.text) + len(self.told.error or "")


class Records:
    """The newest records of all programs, oldest first; bounded by number and by length."""

    def __init__(self) -> None:
        self._records: deque[Record] = deque()
        self._size = 0

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records))

    def add(self, process: Process, told: RecordLogged) -> Record:
        """Keep what *process* told; the oldest go for it."""
        record = Record(process, told, process.stacks.get(told.stack, NO_STACK))
        self._records.append(record)
        self._size += record.size
        while len(self._records) > MAX_RECORDS or (
            self._size > MAX_CHARACTERS and len(self._records) > 1
        ):
            self._size -= self._records.popleft().size
        return record
