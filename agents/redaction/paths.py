"""Places in JSON: ``$.user.password``, ``$.items[*].token``, ``$..pin``, or a name anywhere.

All paths are followed at once.  Where one is on its way is a state, a path's
number and how many of its steps are taken; a set of states goes with each
container, and a member's name leads from one set to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

import attrs

from ...channels import TapscopeError
from .names import plain_name

_MOST_CACHED = 4096
_LONGEST_CACHED = 200

States: TypeAlias = frozenset[tuple[int, int]]

_STEP = re.compile(
    r"(?P<deep>\.\.)?\.?(?:(?P<name>[^\s.\[\]*'\"]+)|(?P<any>\*)"
    r"|\[(?:(?P<index>\d+)|(?P<every>\*)|'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")\])"
)


class PathError(TapscopeError):
    """That is no place in JSON; the caller is at fault."""


@attrs.frozen
class _Step:
    """One step of a path: to a member, an item, or any; *deep* at any depth from here."""

    name: str | None = None
    index: int | None = None
    deep: bool = False
    loose: bool = False

    def leads_to(self, key: str | int) -> bool:
        if self.name is None:
            return self.index is None or self.index == key
        if self.loose:
            return isinstance(key, str) and plain_name(key) == self.name
        return self.name == key


class Paths:
    """Follows several paths at once.

    Attributes:
        start: Where all begin.
        anywhere: The names, in the form of :func:`plain_name`, if there are only such.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = [parse(path) for path in sorted(paths)]
        self.start: States = frozenset((number, 0) for number in range(len(self._paths)))
        indices = [step.index for path in self._paths for step in path if step.index is not None]
        self._most = max(indices, default=-1) + 1
        steps = [path[0] for path in self._paths]
        names = [step.name for step in steps if step.loose and step.name is not None]
        all_loose = len(names) == len(self._paths)
        self.anywhere: frozenset[str] | None = frozenset(names) if all_loose else None
        self._tables: dict[States, dict[str | int, tuple[States, bool]]] = {}
        self._sets: dict[States, States] = {self.start: self.start}
        self._cached = 0

    def __bool__(self) -> bool:
        return bool(self._paths)

    def step(self, states: States, key: str | int) -> tuple[States, bool]:
        """Go on to the member or item called *key*; give its states, and whether it is meant."""
        table = self._tables.get(states)
        known = table.get(key) if table is not None else None
        if known is not None:
            return known
        if isinstance(key, int) and key > self._most:
            return self.step(states, self._most)  # those beyond all indices are alike
        following, meant = self._advance(states, key)
        # Equal sets are one object, which makes looking them up four times as fast.
        result = self._sets.setdefault(following, following), meant
        self._keep(states, key, result)
        return result

    def _keep(self, states: States, key: str | int, result: tuple[States, bool]) -> None:
        self._cached += 1
        if self._cached > _MOST_CACHED:
            self._tables, self._cached, self._sets = {}, 0, {self.start: self.start}
        if not isinstance(key, str) or len(key) < _LONGEST_CACHED:
            self._tables.setdefault(states, {})[key] = result

    def _advance(self, states: States, key: str | int) -> tuple[States, bool]:
        following: set[tuple[int, int]] = set()
        for number, taken in states:
            path = self._paths[number]
            step = path[taken]
            if step.deep:
                following.add((number, taken))
            if step.leads_to(key):
                if taken + 1 == len(path):
                    return frozenset(), True
                following.add((number, taken + 1))
        return frozenset(following), False


def parse(path: str) -> tuple[_Step, ...]:
    """Read a path, or a name that is meant wherever it occurs.

    Raises:
        PathError: It is neither.
    """
    if not path.startswith("$"):
        if not path.strip():
            raise PathError("a name in JSON can't be empty")
        return (_Step(plain_name(path), deep=True, loose=True),)
    steps: list[_Step] = []
    position = 1
    while position < len(path):
        found = _STEP.match(path, position)
        if found is None:
            break
        steps.append(_step(found))
        position = found.end()
    if position < len(path) or not steps:
        raise PathError(f"{path!r} is no path like $.user.password, $.items[*].token or $..pin")
    return tuple(steps)


def _step(found: re.Match[str]) -> _Step:
    deep = found["deep"] is not None
    if found["index"] is not None:
        return _Step(index=int(found["index"]), deep=deep)
    names = (found[group] for group in ("name", "single", "double"))
    return _Step(next((name for name in names if name is not None), None), deep=deep)
