"""Names of query keys, form fields and members, compared as people read them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

_PARTS = re.compile(r"[\[\].]+")
_LONGEST = 1000


def plain_name(name: str) -> str:
    """Give *name* such that ``accessToken``, ``access-token`` and ``access_token`` are one."""
    return name.casefold().replace("_", "").replace("-", "").strip()


class Names:
    """A set of names, asked for those that occur in traffic."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(map(plain_name, names))
        self._has = functools.lru_cache(maxsize=4096)(self._look_up)

    def __bool__(self) -> bool:
        return bool(self._names)

    def __contains__(self, name: str) -> bool:
        """Whether *name* is one of them, or has one among its parts, as ``user[password]`` has."""
        # What is long is not worth a place in the cache.
        return self._has(name) if len(name) < _LONGEST else self._look_up(name)

    def _look_up(self, name: str) -> bool:
        if "%" in name or "+" in name:
            name = unquote_plus(name)
        if plain_name(name) in self._names:
            return True
        return any(plain_name(part) in self._names for part in _PARTS.split(name))
