"""Texts in which secrets may occur: of errors, of records, of statements, of plain bodies.

No grammar says where a value ends here, so rather too much is hidden than too little.
"""

from __future__ import annotations

import re

from .judging import Judges
from .known import Known
from .mark import MARK
from .names import Names
from .queries import Queries

# Not one expression for URLs: it would begin anew at each slash of a long word, with the lock held.
_WORD = re.compile(r"[^\s\"'<>]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://.")
_KEY = re.compile(
    r"(?<![\w.%+\[\]-])([\w.%+\[\]-]{1,200})"
    r"(?:\\?[\"']\s*,\s*|(?:\\?[\"'])?\s*(?:=>|:=|=|:)\s*)"
)
_QUOTED = (
    r"[bBrRuUfF]{0,2}(?:\\?\"(?:[^\"\\]|\\[^\"])*(?:\\?\"|$)"
    r"|\\?'(?:[^'\\]|\\[^'])*(?:\\?'|$))"
)
_VALUE = re.compile(
    rf"\[redacted\]|{_QUOTED}|[\[({{][^\])}}]*|(?:(?:bearer|basic|token|digest|negotiate)\s+)?[^\s&\"'<>]+",
    re.IGNORECASE,
)
_HEADER_VALUE = re.compile(rf"\[redacted\]|{_QUOTED}|[^\r\n]+")
_QUOTES = re.compile(r"^[bBrRuUfF]{0,2}\\?[\"']|\\?[\"']$")


class Texts:
    """Hides in a text what stands behind a name, in the query of a URL, or was hidden lately."""

    def __init__(
        self, names: Names, headers: Names, queries: Queries, judges: Judges, known: Known
    ) -> None:
        self._names = names
        self._headers = headers
        self._queries = queries
        self._judges = judges
        self._known = known

    def shown(self, text: str) -> str:
        """Give *text* without secrets."""
        if self._judges:
            shown = self._judges.hidden("text", "", text)
            if shown is not None:
                return shown
        return self._known.hide(self.without_named(text))

    def without_named(self, text: str) -> str:
        """Give *text* without what a name or a URL in it tells."""
        if "://" in text or "?" in text:
            text = _WORD.sub(self._word_without_query, text)
        if "=" in text or ":" in text or "," in text:
            text = self._without_pairs(text)
        return text

    def _word_without_query(self, found: re.Match[str]) -> str:
        word = found[0]
        start = _start_of_url(word)
        return word if start is None else word[:start] + self._queries.url(word[start:])

    def _without_pairs(self, text: str) -> str:
        shown: list[str] = []
        copied = 0
        for found in _KEY.finditer(text):
            if found.start() < copied:
                continue
            name = found[1].strip("-.")
            value = self._value_after(name, text, found.end())
            if value is None:
                continue
            if value[0] == MARK:
                continue
            self._known.learn(_QUOTES.sub("", value[0]))
            shown += text[copied : found.end()], MARK
            copied = value.end()
        return "".join([*shown, text[copied:]])

    def _value_after(self, name: str, text: str, position: int) -> re.Match[str] | None:
        if name in self._headers:
            return _HEADER_VALUE.match(text, position)
        return _VALUE.match(text, position) if name in self._names else None


def _start_of_url(word: str) -> int | None:
    """Tell where in *word* a URL begins, or a path with a query."""
    starts: list[int] = []
    scheme = _SCHEME.search(word) if "://" in word else None
    if scheme is not None:
        starts.append(scheme.start())
    slash = word.find("/")
    if 0 <= slash < word.find("?", slash) < len(word) - 1:
        starts.append(slash)
    return min(starts, default=None)
