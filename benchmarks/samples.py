"""Numbers that were measured in turns, and what can be said of their differences."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median, quantiles

import attrs

RESAMPLES = 1000


@attrs.frozen
class Spread:
    """A median with what surrounds it.

    Attributes:
        low: Where the 95 % interval of the median begins, by bootstrap.
        high: Where it ends.
        lower: The first quartile of the numbers themselves.
        upper: The third.
    """

    median: float
    low: float
    high: float
    lower: float
    upper: float

    @property
    def holds_zero(self) -> bool:
        """Whether zero is in the 95 % interval."""
        return self.low <= 0 <= self.high


def spread(numbers: Sequence[float]) -> Spread:
    """Summarize *numbers*, two or more."""
    low, high = _interval(len(numbers), lambda picked: median([numbers[i] for i in picked]))
    lower, _, upper = quantiles(numbers, n=4, method="inclusive")
    return Spread(median(numbers), low, high, lower, upper)


def added(measured: Sequence[float], base: Sequence[float]) -> Spread:
    """Summarize how much more *measured* is than *base*, round by round."""
    return spread([one - other for one, other in zip(measured, base, strict=True)])


def share(ours: Sequence[float], theirs: Sequence[float], base: Sequence[float]) -> Spread:
    """Summarize what part of the cost that *theirs* adds to *base* is added by *ours*."""

    def of(picked: Sequence[int]) -> float:
        return _median_added(ours, base, picked) / _median_added(theirs, base, picked)

    rounds = range(len(base))
    low, high = _interval(len(base), of)
    return Spread(of(rounds), low, high, low, high)


def _median_added(measured: Sequence[float], base: Sequence[float], picked: Sequence[int]) -> float:
    return median([measured[i] - base[i] for i in picked])


def _interval(count: int, of: Callable[[Sequence[int]], float]) -> tuple[float, float]:
    chance = random.Random(20)
    found = sorted(of(chance.choices(range(count), k=count)) for _ in range(RESAMPLES))
    return found[RESAMPLES * 25 // 1000], found[RESAMPLES * 975 // 1000 - 1]
