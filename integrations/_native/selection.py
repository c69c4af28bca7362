"""Which functions of a module, a library or a class are to be watched, and how."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import attrs

from ...channels.calling import NativeFunction
from ...channels.native import Kind
from .watching import ANYTHING, Watched

Patterns = str | Iterable[str]


def patterns(given: Patterns | None) -> tuple[str, ...]:
    """Give the patterns that were *given* as one, as several or not at all."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


@attrs.frozen(eq=False)
class Selection:
    """What was asked for.

    Attributes:
        include: Patterns of names; one that holds is enough.
        exclude: Patterns of names, none of which may hold.
        bind: The first argument that calls must have to be told.
        slow_after: Nanoseconds from which on calls are slow; ``None`` if never.
    """

    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    bind: object = ANYTHING
    slow_after: int | None = None

    def has(self, name: str) -> bool:
        """Whether the function called *name* is wanted; methods have their class's before it."""
        last = name.rpartition(".")[2]
        if last.startswith("__"):
            return False
        return _any(self.include, name, last) and not _any(self.exclude, name, last)

    def watched(
        self, library: str, name: str, kind: Kind, *, locked: bool | None = None
    ) -> Watched:
        """Give what watches the function *name* of *library*."""
        return Watched(NativeFunction(library, name, kind, locked, self.slow_after), self.bind)


def _any(patterns: tuple[str, ...], *names: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
