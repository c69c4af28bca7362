"""What there is to say of any recording."""

from __future__ import annotations

from typing import Protocol

import attrs


@attrs.frozen
class Tally:
    """What a recording holds so far.

    Attributes:
        exchanges: How many.
        size: Of the file, in bytes.
        missing: What it lacks, and why; a sentence each.
    """

    exchanges: int
    size: int
    missing: tuple[str, ...] = ()

    @property
    def counted(self) -> str:
        """How many exchanges, in words."""
        return f"{self.exchanges:,} exchange{'' if self.exchanges == 1 else 's'}"


class Recording(Protocol):
    """A recording that goes on until it is finished; the host that it is of feeds it."""

    @property
    def tally(self) -> Tally:
        """What there is so far."""
        ...

    def finish(self) -> Tally:
        """Write what there is of what has not ended, and put the file in its place; once.

        Raises:
            RecordingError: It could not be written; what was is beside it.
        """
        ...

    def discard(self) -> None:
        """End it without a file; what was there before stays."""
        ...
