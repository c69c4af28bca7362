"""Values that were hidden a moment ago: they are looked for in texts, where no name tells."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from .mark import MARK

MOST = 64
"""How many are remembered; most programs have a handful of secrets that they use all the time."""
SHORTEST = 6
"""Characters; what is shorter occurs everywhere."""
_LONGEST = 10_000
_FEW = 3
"""Characters of a value's beginning that tell nothing."""
_CUT = re.compile(r"(\u2026 \([\d,]+ (?:characters )?more\))")
"""What stands where a text was cut before it came here."""


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
        decoded = unquote_plus(value)
        if len(decoded) >= SHORTEST:
            self._values[decoded] = None
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
        if "\u2026" not in text:
            return text
        *cut, last = _CUT.split(text)
        shown = [part if at % 2 else self._without_beginning(part) for at, part in enumerate(cut)]
        return "".join([*shown, last])

    def _without_beginning(self, text: str) -> str:
        """Give *text*, which was cut, without the beginning of a value at its end."""
        for value in tuple(self._values):
            first = value[: _FEW + 1]
            at = text.find(first, max(len(text) - len(value) + 1, 0))
            while at >= 0:
                if value.startswith(text[at:]):
                    return text[:at] + MARK
                at = text.find(first, at + 1)
        return text
