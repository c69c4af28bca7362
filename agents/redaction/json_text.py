"""JSON without the values at certain places; all else of the text stays as it was written."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs

from .json_names import without_members
from .judging import Judges
from .known import Known
from .mark import MARK
from .names import plain_name
from .paths import Paths, States
from .texts import Texts

# A text and whether it is a key, a bracket, or another scalar; commas tell nothing.
_WORD = re.compile(
    r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")(?P<key>\s*:)?|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL
)
# Only texts with one of these can have a pair, a URL with a query, or JSON in them.
_TELLING = re.compile(r'[=?@\\]|^"\s*[{\[]')
_TELLING_SIGNS = "=?@\\"
_TEXT_WITH_JSON = re.compile(r'"\s*[\[{]')
_DEEPEST = 5
_OPENING = frozenset("{[")
_CLOSING = frozenset("}]")
_QUOTED_MARK = f'"{MARK}"'
# What makes no object of a number, nor limits its digits.
_NUMBERS: dict[str, Any] = {"parse_int": bool, "parse_float": bool, "parse_constant": bool}
# Some servers write this before JSON, so that no script can load it.
_GUARD = re.compile(r"\s*\)\]\}'[,\s]*|\s*(?:for|while)\s*\(\s*(?:;;|1)\s*\)\s*;\s*")


def is_json(text: str) -> bool:
    """Whether *text* is an object or an array in JSON."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text, strict=False, **_NUMBERS)
    except (ValueError, RecursionError):
        return False
    return True


def _is_suspect(text: str) -> bool:
    """Whether there may be anything to hide inside of texts; in most documents there is nothing."""
    if any(sign in text for sign in _TELLING_SIGNS):
        return True
    return _TEXT_WITH_JSON.search(text) is not None


@attrs.define(eq=False)
class _Container:
    """Where a walk is inside of: an object at its *key*, or an array at its *index*."""

    states: States
    is_object: bool
    place: str
    key: str = ""
    index: int = -1

    def next(self) -> str | int:
        """Go on to the next value; give what it is called."""
        if self.is_object:
            return self.key
        self.index += 1
        return self.index


class JsonRedactor:
    """Hides values in JSON."""

    def __init__(self, paths: Paths, texts: Texts, judges: Judges, known: Known) -> None:
        self.paths: Paths = paths
        self._texts = texts
        self._judges = judges
        self._known = known
        self.judging: bool = bool(judges)

    def shown(self, text: str, depth: int = 0) -> str:
        """Give *text* without secrets.

        Raises:
            ValueError: It is no JSON.
            RecursionError: It is nested too deep.
        """
        guard = _GUARD.match(text)
        start = guard.end() if guard else 0
        keys: set[str] = set()
        json.loads(text[start:], strict=False, object_hook=keys.update, **_NUMBERS)
        names = self.paths.anywhere
        if self.judging or names is None:
            text = _Walk(self, text, depth).shown(start)
        else:
            meant = {key for key in keys if plain_name(key) in names}
            text = self._without_members(text, start, meant, depth)
        return self._without_known(text)

    def scalar(self, word: str, place: str, depth: int) -> str:
        """Give a value that no rule names: what is inside of a text may be hidden."""
        if not self.judging and not _TELLING.search(word):
            return word
        is_text = word[0] == '"'
        value: str = json.loads(word, strict=False) if is_text else word
        if self._judges:
            hidden = self._judges.hidden("json", place, value)
            if hidden is not None:
                self._known.learn(value)
                return json.dumps(hidden, ensure_ascii=False)
        if not is_text:
            return word
        shown = self._text(value, depth)
        return word if shown == value else json.dumps(shown, ensure_ascii=False)

    def hide(self, text: str) -> None:
        """Learn what is hidden in *text*, a value or a whole container."""
        for found in _WORD.finditer(text):
            word = found["text"] or found[0]
            if found["text"]:
                self._known.learn(json.loads(word, strict=False))
                self._known.learn(word[1:-1])
            elif len(word) > 1:
                self._known.learn(word)

    def _without_members(self, text: str, start: int, keys: set[str], depth: int) -> str:
        def shown(word: str) -> str:
            return self.scalar(word, "$", depth)

        suspect = _is_suspect(text)
        if not keys and not suspect:
            return text
        return without_members(text, start, keys, self.hide, shown if suspect else None)

    def _text(self, value: str, depth: int) -> str:
        if depth < _DEEPEST and is_json(value):
            return self.shown(value, depth + 1)
        return MARK if depth >= _DEEPEST and is_json(value) else self._texts.without_named(value)

    def _without_known(self, text: str) -> str:
        """Give *text* without what was hidden elsewhere, or further on in it."""
        if not self._known.within(text) and "\\" not in text:
            return text
        return _WORD.sub(self._word_without_known, text)

    def _word_without_known(self, found: re.Match[str]) -> str:
        word = found["text"]
        if word is None:
            hidden = len(found[0]) > 1 and self._known.within(found[0])
            return _QUOTED_MARK if hidden else found[0]
        value: str = json.loads(word, strict=False) if "\\" in word else word[1:-1]
        shown = self._known.hide(value)
        if shown == value:
            return found[0]
        return json.dumps(shown, ensure_ascii=False) + (found["key"] or "")


class _Walk:
    """Goes once through a text that is JSON."""

    def __init__(self, rules: JsonRedactor, text: str, depth: int) -> None:
        self._rules = rules
        self._text = text
        self._depth = depth
        self._paths = rules.paths
        self._placing = rules.judging
        self._stack: list[_Container] = []
        self._shown: list[str] = []
        self._copied = 0
        # Where the container begins that is being hidden, and how deep in it this is.
        self._hiding: int | None = None
        self._within = 0

    def shown(self, start: int) -> str:
        for found in _WORD.finditer(self._text, start):
            if self._hiding is None:
                self._word(found)
            else:
                self._hidden(found)
        return "".join([*self._shown, self._text[self._copied :]])

    def _word(self, found: re.Match[str]) -> None:
        inside = self._stack[-1] if self._stack else None
        if found["key"] is not None and inside is not None:
            key = found["text"]
            inside.key = json.loads(key, strict=False) if "\\" in key else key[1:-1]
            return
        word = found["text"] or found[0]
        if word in _CLOSING:
            self._stack.pop()
            return
        states, meant = self._paths.start, False
        if inside is not None:
            states, meant = self._paths.step(inside.states, inside.next())
        if meant:
            self._hide(found, word)
        elif word in _OPENING:
            self._stack.append(_Container(states, word == "{", self._place(inside)))
        else:
            self._put(found, self._rules.scalar(word, self._place(inside), self._depth))

    def _hide(self, found: re.Match[str], word: str) -> None:
        if word in _OPENING:
            self._hiding, self._within = found.start(), 1
        elif word != "null":
            self._rules.hide(word)
            self._put(found, _QUOTED_MARK)

    def _hidden(self, found: re.Match[str]) -> None:
        word = found["text"] or found[0]
        self._within += (word in _OPENING) - (word in _CLOSING)
        if not self._within and self._hiding is not None:
            self._rules.hide(self._text[self._hiding : found.end()])
            self._shown += self._text[self._copied : self._hiding], _QUOTED_MARK
            self._copied, self._hiding = found.end(), None

    def _put(self, found: re.Match[str], shown: str) -> None:
        if shown is not (found["text"] or found[0]) and shown != found[0]:
            self._shown += self._text[self._copied : found.start()], shown
            self._copied = found.end()

    def _place(self, inside: _Container | None) -> str:
        """Give the path of what comes next, if somebody asks for it."""
        if inside is None or not self._placing:
            return "$"
        key = f".{inside.key}" if inside.is_object else f"[{inside.index}]"
        return f"{inside.place}{key}"
