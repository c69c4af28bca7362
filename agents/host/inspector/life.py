"""When the host ends: a rule without clock or loop, and the task that follows it.

The host is there for programs and for front ends. When the last of both is gone it ends; a
host that was told to keep what it has ends when nobody looks at it any more.
"""

from __future__ import annotations

import math

import attrs
import trio

LINGER = 1.0
"""Seconds that a front end gets to come back: "Reconnect DevTools" reloads its page."""
ARRIVAL = 15.0
"""Seconds that a program gets to link which another has announced before it ended."""


@attrs.frozen(kw_only=True)
class Census:
    """Who is with the host at one moment.

    Attributes:
        programs: Linked programs.
        sessions: Attached front ends.
        keepers: Command lines that wait for the user to have seen enough.
        ever_linked: Whether there has been a program at all.
        expected: Programs that were announced and have not linked yet.
    """

    programs: int = 0
    sessions: int = 0
    keepers: int = 0
    ever_linked: bool = False
    expected: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nobody but front ends is there any more."""
        return self.ever_linked and not (self.programs or self.keepers or self.expected)


@attrs.define(kw_only=True, eq=False)
class Life:
    """Says when to end, given who is there; all times are seconds on one clock.

    Attributes:
        began: When the host started.
        patience: Seconds to wait for a first program, or for a keeper.
        keep: Stay after the last program, for as long as there is a keeper or a front end.
    """

    began: float
    patience: float = 15.0
    keep: bool = False
    _last: Census = attrs.field(factory=Census, init=False)
    _had_keeper: bool = attrs.field(default=False, init=False)
    _idle_since: float | None = attrs.field(default=None, init=False)
    _left_at: float | None = attrs.field(default=None, init=False)

    def observe(self, census: Census, now: float) -> float:
        """Note who is there *now*; gives the time to end at unless something changes.

        Infinity means that something has to change first.
        """
        self._note(census, now)
        if census.programs:
            return math.inf
        if self.keep and self._had_keeper and not census.keepers:
            return now
        if census.sessions:
            return math.inf
        return max(now, self._end_when_alone(census, now), self._end_of_expecting(census))

    def _note(self, census: Census, now: float) -> None:
        if census.programs:
            self._idle_since = self._left_at = None
        elif self._idle_since is None:
            self._idle_since = now
        if self._last.sessions and not census.sessions and not census.programs:
            self._left_at = now
        self._had_keeper = self._had_keeper or census.keepers > 0
        self._last = census

    def _end_of_expecting(self, census: Census) -> float:
        if not census.expected or self._idle_since is None:
            return -math.inf
        return self._idle_since + ARRIVAL

    def _end_when_alone(self, census: Census, now: float) -> float:
        if not census.ever_linked:
            return self.began + self.patience
        if self._left_at is not None:
            return self._left_at + LINGER
        if not self.keep:
            return now
        if census.keepers:
            return math.inf
        return (now if self._idle_since is None else self._idle_since) + self.patience


@attrs.define(eq=False)
class Vigil:
    """Waits in trio for the end that a ``Life`` foretells."""

    _life: Life
    _changed: trio.Event = attrs.field(factory=trio.Event, init=False)
    _ends_at: float = attrs.field(default=math.inf, init=False)

    def observe(self, census: Census) -> None:
        """Tell who is there now; in the loop's thread."""
        self._ends_at = self._life.observe(census, trio.current_time())
        self._changed.set()

    def end(self) -> None:
        """Let ``wait`` return now, whoever is there."""
        self._ends_at = -math.inf
        self._changed.set()

    async def wait(self) -> None:
        """Return when the host should end."""
        while self._ends_at > trio.current_time():
            self._changed = trio.Event()
            with trio.move_on_at(self._ends_at):
                await self._changed.wait()
