"""How long statements take, those alike together."""

from __future__ import annotations

import attrs

from ...durations import DurationTable

OTHERS = "(others)"


@attrs.frozen
class Group:
    """What tells statements apart: where they were sent, and what they say."""

    driver: str
    database: str
    statement: str


class Statistics(DurationTable[Group]):
    """The durations of each group of statements."""

    def __init__(self) -> None:
        super().__init__(Group("", "", OTHERS))
