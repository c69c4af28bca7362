"""What was measured, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Literal, TypeAlias

import attrs

from clients import Timing
from field import Case
from samples import Spread, added, share
from variants import PEERS, UNSEEN

_MICROSECOND = 1000.0

Kind: TypeAlias = Literal["wall", "processor"]
"""Which of the times of a ``Timing``."""


@attrs.frozen
class Results:
    """Timings by case, then by variant, one for each round; all times come out in microseconds.

    Attributes:
        variants: Their names; the first is the base.
    """

    variants: Sequence[str]
    timings: Mapping[Case, Mapping[str, Sequence[Timing]]]

    @property
    def base(self) -> str:
        """The variant that all others are compared with."""
        return self.variants[0]

    @property
    def cases(self) -> Sequence[Case]:
        """What was measured."""
        return list(self.timings)

    @property
    def sizes(self) -> Sequence[int]:
        """The sizes of the bodies."""
        return sorted({case.size for case in self.timings})

    def watched(self, case: Case, variant: str) -> bool:
        """Whether *variant* watches the client of *case* at all."""
        return (variant, case.client) not in UNSEEN

    def typical(self, kind: Kind, case: Case, variant: str) -> float:
        """The time of one request."""
        return median(self._times(kind, case, variant))

    def times(self, case: Case, variant: str) -> float:
        """How many times the base's time a request takes."""
        both = zip(*(self._times("wall", case, name) for name in (variant, self.base)), strict=True)
        ratios: list[float] = [measured / base for measured, base in both]
        return median(ratios)

    def added(self, kind: Kind, case: Case, variant: str) -> Spread:
        """What a request takes longer than in the base."""
        base = self._times(kind, case, self.base)
        return added(self._times(kind, case, variant), base)

    @property
    def peers(self) -> Sequence[str]:
        """Those of the variants that ours is to be compared with."""
        return [name for name in PEERS if name in self.variants]

    def share(self, kind: Kind, case: Case, variant: str, peer: str) -> Spread | None:
        """What *variant* adds, as a part of what *peer* adds; ``None`` if that makes no sense."""
        if not {variant, peer} <= set(self.variants) or variant in PEERS:
            return None
        if not self.watched(case, peer):
            return None
        ours, theirs, base = (self._times(kind, case, v) for v in (variant, peer, self.base))
        return share(ours, theirs, base)

    def _times(self, kind: Kind, case: Case, variant: str) -> list[float]:
        timings = self.timings[case][variant]
        return [(t.wall if kind == "wall" else t.processor) / _MICROSECOND for t in timings]
