"""What feeds of things that take time have alike: statistics, and from when on one is slow."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from ..protocol.errors import INVALID_PARAMS, CommandError
from .durations import DurationTable
from .feed import Feed
from .target import Target

K = TypeVar("K", bound=Hashable)


class TimedFeed(Feed, Generic[K]):
    """Counts how long things take, and knows which are slow.

    Args:
        others: The group of what is not told apart, see :class:`DurationTable`.

    Attributes:
        statistics: Of what has ended.
    """

    def __init__(self, target: Target, others: K) -> None:
        super().__init__(target)
        self.statistics: DurationTable[K] = DurationTable(others)
        self._slow_threshold: float | None = None

    def stop(self) -> None:
        """Forget the threshold: who comes next has not asked for it."""
        self._slow_threshold = None

    def clear(self) -> None:
        """Count anew."""
        self.statistics.clear()

    def set_slow_threshold(self, milliseconds: float | None) -> None:
        """Call slow what takes as long, for all sessions; nothing if that is ``None``.

        Raises:
            CommandError: It is less than 0.
        """
        if milliseconds is not None and milliseconds < 0:
            text = f"milliseconds: expected 0 or more, got {milliseconds}"
            raise CommandError(text, INVALID_PARAMS)
        self._slow_threshold = milliseconds

    @property
    def has_slow_threshold(self) -> bool:
        """Whether anything is called slow."""
        return self._slow_threshold is not None

    def is_slow(self, milliseconds: float) -> bool:
        """Whether what took so long reached the threshold."""
        return self._slow_threshold is not None and milliseconds >= self._slow_threshold
