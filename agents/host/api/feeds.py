"""The feeds of a target: which there are, what they hear of, and what for that is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from ...link.messages import Listen
from .feed import Feed

if TYPE_CHECKING:
    from .domain import Domain
    from .target import Target

F = TypeVar("F", bound=Feed)

EVERY = "*"
RECORDS = "log.record"
"""The channel that programs always tell of: a Console shows what was logged before it came."""


class Feeds:
    """One feed of each kind, made when it is first asked for.

    Args:
        domains: All there are, by name; also those that are added later.
    """

    def __init__(self, target: Target, domains: Mapping[str, type[Domain]]) -> None:
        self._target = target
        self._domains = domains
        self._feeds: dict[type[Feed], Feed] = {}
        self._hearing: dict[str, list[tuple[str, Feed]]] = {}

    def of(self, kind: type[F]) -> F:
        """Give the feed of that *kind*."""
        if kind not in self._feeds:
            self._feeds[kind] = kind(self._target)
        return cast("F", self._feeds[kind])

    def active(self) -> list[tuple[str, Feed]]:
        """Give those that any session has enabled, with the names of their domains."""
        return [(feed.domains[0].name, feed) for feed in self._feeds.values() if feed.domains]

    def hearing(self, lifecycle: str) -> list[tuple[str, Feed]]:
        """Give the active ones that hear of *lifecycle*."""
        if lifecycle not in self._hearing:
            self._hearing[lifecycle] = [
                (name, feed)
                for name, feed in self.active()
                if not {lifecycle, EVERY}.isdisjoint(self._domains[name].lifecycles)
            ]
        return self._hearing[lifecycle]

    def changed(self) -> None:
        """Take note that domains were enabled, disabled or added."""
        self._hearing.clear()

    def wanted(self) -> Listen:
        """Give what programs are to publish."""
        active = {name for name, _ in self.active()}
        anybody = any(EVERY in self._domains[name].lifecycles for name in active)
        wanted = {
            lifecycle
            for name, domain in self._domains.items()
            if not domain.on_demand or anybody or name in active
            for lifecycle in domain.lifecycles
            if lifecycle != EVERY
        }
        return Listen(tuple(sorted({*wanted, RECORDS})))
