"""Whether watched functions have to do more than to pass on what they get."""

from __future__ import annotations

from collections.abc import Callable

from ...channels.native import calls


class Activity:
    """What every wrapper asks first: one attribute.

    Attributes:
        on: Whether somebody listens, or native code has to be given stand-ins.
    """

    __slots__ = ("_followers", "lent", "on")

    def __init__(self) -> None:
        self.on: bool = calls.start.has_subscribers
        self.lent: int = 0
        self._followers: list[Callable[[], object]] = []
        calls.start.watch_activity(self.refresh)

    def refresh(self) -> None:
        """Ask anew."""
        on = calls.start.has_subscribers or self.lent > 0
        if on is not self.on:
            self.on = on
            for follower in tuple(self._followers):
                follower()

    def lend(self, more: int) -> None:
        """Take note that native code has so many stand-ins *more*, or less."""
        self.lent += more
        self.refresh()

    def follow(self, follower: Callable[[], object]) -> Callable[[], None]:
        """Call *follower* whenever it has changed, until the result is called."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)


activity = Activity()
