"""Values that were hidden a moment ago: they are looked for in texts, where no name tells."""

from __future__ import annotations

from urllib.parse import unquote_plus

from .mark import MARK

MOST = 64
"""How many are remembered; most programs have a handful of secrets that they use all the time."""
SHORTEST = 6
"""Characters; what is shorter occurs everywhere."""
_LONGEST = 10_000


class Known:
    """Remembers the values that were hidden last.

    Any thread may use it.
    """

    def __init__(self) -> None:
        self._values: dict[str, None] = {}

    def learn(self, value: str) -> None:
        """Take note that *value* is hidden, and what it is percent-decoded."""
        if value in self._values or not SHORTEST <= len(value) <= _LONGEST or MARK in value:
            return
        self._values[value] = None
        if "%" in value or "+" in value:
            self._values[unquote_plus(value)] = None
        while len(self._values) > MOST:
            self._values.pop(next(iter(self._values)), None)

    def within(self, text: str) -> list[str]:
        """Give those that occur in *text*, the longest first."""
        found = [value for value in tuple(self._values) if value in text]
        if len(found) > 1:
            found.sort(key=len, reverse=True)
        return found

    def hide(self, text: str) -> str:
        """Give *text* without them."""
        if not self._values:
            return text
        for value in self.within(text):
            text = text.replace(value, MARK)
        return text
