"""How long things take, those alike together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

import attrs

K = TypeVar("K", bound=Hashable)

MAX_GROUPS = 1000
"""How many groups are told apart; those that come later are one group."""

_PRECISION = math.log(1.02)
"""Durations within two per cent of each other are not told apart."""


@attrs.define
class Durations:
    """How long something took, each time: in milliseconds, in little memory."""

    count: int = 0
    failed: int = 0
    total: float = 0.0
    longest: float = 0.0
    _buckets: Counter[int] = attrs.field(factory=Counter[int])

    def add(self, milliseconds: float, *, failed: bool) -> None:
        """Take one more."""
        self.add_many(1, int(failed), milliseconds, milliseconds, (milliseconds,))

    def add_many(
        self, count: int, failed: int, total: float, longest: float, sample: Sequence[float]
    ) -> None:
        """Take *count* more, of which a *sample* is known one by one."""
        self.count += count
        self.failed += failed
        self.total += total
        self.longest = max(self.longest, longest)
        # Each of the sample stands for as many, the first ones for the remainder.
        share, more = divmod(count, len(sample) or 1)
        for place, milliseconds in enumerate(sample):
            self._buckets[_bucket(milliseconds)] += share + (place < more)

    def percentile(self, share: float) -> float:
        """Give what that *share* of them did not exceed, to two per cent."""
        wanted, seen = math.ceil(self.count * share), 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= wanted:
                return min(math.exp(bucket * _PRECISION), self.longest)
        return 0.0


def _bucket(milliseconds: float) -> int:
    return round(math.log(max(milliseconds, 1e-6)) / _PRECISION)


class DurationTable(Generic[K]):
    """The durations of each group.

    Args:
        others: The group of what comes when there are :data:`MAX_GROUPS`.
    """

    def __init__(self, others: K) -> None:
        self._others = others
        self._groups: dict[K, Durations] = {}

    def of(self, group: K) -> Durations:
        """Give the durations of *group*, to add to them."""
        if group not in self._groups and len(self._groups) >= MAX_GROUPS:
            group = self._others
        return self._groups.setdefault(group, Durations())

    def add(self, group: K, milliseconds: float, *, failed: bool) -> None:
        """Take one more of *group*."""
        self.of(group).add(milliseconds, failed=failed)

    def slowest(self) -> list[tuple[K, Durations]]:
        """Give all groups, those first that took longest in total."""
        return sorted(self._groups.items(), key=lambda item: -item[1].total)

    def clear(self) -> None:
        """Begin anew."""
        self._groups.clear()
