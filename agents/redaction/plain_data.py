"""Plain data, as values of the program are rendered, without what rules name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from ...channels.rendering import Plain
from .judging import Judges
from .known import Known
from .mark import MARK, MARK_BYTES
from .names import Names
from .paths import Paths, States
from .texts import Texts

_DEEPEST = 10


class PlainRedactor:
    """Hides values in the fields of exchanges that are not HTTP."""

    def __init__(
        self,
        fields: Collection[str],
        names: Names,
        paths: Paths,
        texts: Texts,
        judges: Judges,
        known: Known,
    ) -> None:
        self._fields = frozenset(fields)
        self._names = names
        self._paths = paths
        self._texts = texts
        self._judges = judges
        self._known = known

    def fields(self, fields: dict[str, Plain]) -> dict[str, Plain]:
        """Give an event's *fields* without secrets."""
        start = self._paths.start
        return {
            name: self._hidden(value)
            if name in self._fields
            else self._member(value, start, name, "$")
            for name, value in fields.items()
        }

    def value(self, value: Plain) -> Plain:
        """Give any value without secrets."""
        return self._shown(value, self._paths.start, "$")

    def columns(self, names: Sequence[str]) -> frozenset[int]:
        """Tell which columns of rows are to be hidden."""
        states = self._paths.start
        return frozenset(
            at
            for at, name in enumerate(names)
            if name in self._names or self._paths.step(states, name)[1]
        )

    def rows(self, rows: Plain, hidden: Collection[int]) -> Plain:
        """Give *rows*, rendered, without the columns that are *hidden*."""
        return [self._row(row, hidden) for row in rows] if isinstance(rows, list) else rows

    def _row(self, row: Plain, hidden: Collection[int]) -> Plain:
        if not isinstance(row, list):
            return row
        return [self._hidden(each) if at in hidden else each for at, each in enumerate(row)]

    # Any here and below: plain data nests, and each is asked for its type.
    def _member(self, value: Any, states: States, key: str | int, place: str) -> Plain:
        following, meant = self._paths.step(states, key)
        if meant:
            return self._hidden(value)
        step = f".{key}" if isinstance(key, str) else f"[{key}]"
        return self._shown(value, following, place + step)

    def _shown(self, value: Any, states: States, place: str) -> Plain:
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value)
            return {
                self._known.hide(key): self._member(each, states, key, place)
                for key, each in members.items()
            }
        if isinstance(value, list | tuple):
            return self._items(cast("list[Any]", value), states, place)
        return self._scalar(value, place)

    def _items(self, items: list[Any], states: States, place: str) -> Plain:
        if len(items) == 2 and isinstance(items[0], str | bytes):
            # A pair, as headers and the items of a mapping are.
            name = items[0].decode("latin-1") if isinstance(items[0], bytes) else items[0]
            if name in self._names:
                return [items[0], self._hidden(items[1])]
        return [self._member(each, states, at, place) for at, each in enumerate(items)]

    def _scalar(self, value: Any, place: str) -> Plain:
        if value is None or isinstance(value, bool):
            return value
        is_bytes = isinstance(value, bytes)
        text = value.decode("latin-1") if is_bytes else str(value)
        if self._judges:
            shown = self._judges.hidden("field", place, text)
            if shown is not None:
                self._known.learn(text)
                return shown
        if isinstance(value, int | float):
            return MARK if self._known.within(text) else value
        shown = self._known.hide(self._texts.without_named(text))
        if shown == text:
            return cast("Plain", value)
        return shown.encode("latin-1", "replace") if is_bytes else shown

    def _hidden(self, value: Any) -> Plain:
        if value is None:
            return None
        self._learn(value, 0)
        return MARK_BYTES if isinstance(value, bytes) else MARK

    def _learn(self, value: object, depth: int) -> None:
        if isinstance(value, dict):
            value = list(cast("dict[str, object]", value).values())
        if isinstance(value, list | tuple):
            for item in cast("list[object]", value) if depth < _DEEPEST else ():
                self._learn(item, depth + 1)
        elif isinstance(value, bytes):
            self._known.learn(value.decode("latin-1"))
        elif not isinstance(value, bool) and value is not None:
            self._known.learn(str(value))
