"""For tests of what publishes to channels, ours or anybody's.

    with capture("acme.job.**") as events:
        resize(picture)
    assert events.names == ["acme.job.start", "acme.job.finish"]
    assert events.one("acme.job.finish").result == "done"

A fake clock makes times that can be compared:

    with fake_clock() as time:
        ...
        time.advance(seconds=2)

Nothing here needs a test framework, and everything it changes is put back at
the end of the ``with``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import attrs

from . import clock
from ._registry import matches, subscribe
from ._subscription import Subscription

_SECOND = 1_000_000_000


@attrs.frozen
class Captured:
    """One message that was published while a capture was open."""

    name: str
    message: Any


class capture:  # noqa: N801  # it is used as a word: with capture(...)
    """Keep what is published to the channels of *patterns*, in order, inside a ``with``.

    The block is given this object.  What one message matches twice, because two
    patterns name its channel, is kept twice.  Messages of all threads are kept;
    after the block nothing is added.

    Attributes:
        events: What has been kept.
    """

    def __init__(self, *patterns: str) -> None:
        self.events: list[Captured] = []
        self._patterns = patterns
        self._subscriptions: list[Subscription] = []

    def __enter__(self) -> Self:
        self._subscriptions = [subscribe(pattern, self._keep) for pattern in self._patterns]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for subscription in self._subscriptions:
            subscription.close()

    def _keep(self, message: Any, name: str) -> None:
        self.events.append(Captured(name, message))

    @property
    def names(self) -> list[str]:
        """The channels' names, one for each message, in order."""
        return [event.name for event in self.events]

    @property
    def messages(self) -> list[Any]:
        """The messages, in order."""
        return [event.message for event in self.events]

    def of(self, pattern: str) -> list[Any]:
        """Give the messages of the channels that *pattern* names, in order."""
        return [event.message for event in self.events if matches(pattern, event.name)]

    def one(self, pattern: str = "**") -> Any:
        """Give the only message of the channels that *pattern* names.

        Raises:
            AssertionError: There is none, or more than one.
        """
        found = self.of(pattern)
        if len(found) != 1:
            raise AssertionError(
                f"expected one message on {pattern!r}, got {len(found)}; in all: {self.names}"
            )
        return found[0]

    def clear(self) -> None:
        """Forget what has been kept so far."""
        self.events.clear()

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[Captured]:
        return iter(self.events)


@attrs.define(eq=False)
class fake_clock:  # noqa: N801  # it is used as a word: with fake_clock()
    """Have all events of tapscope's own tell a time that only the test changes.

    What reads :func:`tapscope.channels.clock.now` gets it, in every thread;
    :mod:`time` is left alone.  The block is given this object.

    Attributes:
        now: The time, in nanoseconds.
    """

    now: int = 0
    _real: Callable[[], int] | None = attrs.field(default=None, init=False)

    def __enter__(self) -> Self:
        self._real = clock.now
        clock.now = self.read
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._real is not None:
            clock.now = self._real

    def read(self) -> int:
        """Give the time, in nanoseconds."""
        return self.now

    def advance(self, *, seconds: float = 0, nanoseconds: int = 0) -> None:
        """Let time pass."""
        self.now += round(seconds * _SECOND) + nanoseconds
