"""Bodies that are kept back until they can be looked through as a whole."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ...channels.http import Headers
from ...channels.rendering import Plain
from ..redaction.bodies import MAX_BODY, kind_of
from ..redaction.event_streams import EventStreamRedactor
from ..redaction.mark import withheld
from ..redaction.redactor import Redactor

MAX_HELD = 4 * 1024 * 1024
"""Bytes of all bodies together, with a full queue 16 MB at most; what finds no room is withheld."""
MAX_EXCHANGES = 4_000
"""How many may be open; of the oldest nothing more is known then, and its bodies are withheld."""

_Key: TypeAlias = tuple[int, bool]
_Described: TypeAlias = tuple[str, str]


@attrs.define(eq=False)
class Body:
    """A body on its way.

    Attributes:
        exchange: The id of its exchange.
        at: When its last piece came, in nanoseconds.
        data: Its bytes, unless it is withheld.
        pending: How many bytes it has that the host was not told of.
        reason: Why it is withheld, as the end of a sentence; empty if it is not.
        stream: What it goes through if it is told event by event.
    """

    exchange: int
    sent: bool
    content_type: str = ""
    content_encoding: str = ""
    at: int = 0
    pending: int = 0
    reason: str = ""
    stream: EventStreamRedactor | None = None
    data: bytearray = attrs.field(factory=bytearray)

    def lose(self, length: int, at: int) -> None:
        """Take note of bytes that found no room on the way."""
        self.pending += length
        self.at = at
        self.reason = "as the program sent faster than the link to the host carries"


class Holding:
    """What of exchanges has to be remembered while they last.

    Attributes:
        redactor: What bodies are shown as, and which are looked into.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.redactor: Redactor = redactor
        # None where a body is not looked into; until its first piece only what its head says.
        self._bodies: dict[_Key, Body | _Described | None] = {}
        self._columns: dict[int, frozenset[int]] = {}
        self._held = 0

    def expect(self, number: int, sent: bool, headers: Headers) -> None:  # noqa: FBT001  # the event's
        """Take note of the head of a body."""
        self._bodies[number, sent] = _described(headers)
        while len(self._bodies) > 2 * MAX_EXCHANGES:
            self._forget_oldest()

    def body(self, number: int, sent: bool) -> Body | None:  # noqa: FBT001  # the event's
        """Give a body that is to be kept back; ``None`` if it is told as it comes."""
        key = (number, sent)
        if key not in self._bodies:
            self.expect(number, sent, ())
            unknown = self._bodies[key] = Body(number, sent, reason="as their head is not known")
            return unknown
        found = self._bodies[key]
        if found is None or isinstance(found, Body):
            return found
        body = self._bodies[key] = self._begin(number, sent, found)
        return body

    def add(self, body: Body, at: int, length: int, data: bytes | None) -> None:
        """Keep back the next piece of *body*, or take note that it was dropped."""
        if data is None:
            body.lose(length, at)
            return
        body.at = at
        body.pending += length
        if not body.reason and len(body.data) + length > MAX_BODY:
            body.reason = f"and no more than {MAX_BODY:,} are looked through"
        if not body.reason and self._held + length > MAX_HELD:
            body.reason = "as too many bodies are on their way at once"
        if body.reason:
            self._drop(body)
        else:
            body.data += data
            self._held += length

    def release(self, body: Body) -> bytes:
        """Give what is shown of *body* now that its exchange has ended."""
        if body.stream is not None:
            return body.stream.end()
        data = bytes(body.data)
        self._drop(body)
        if body.reason:
            return withheld(body.pending, body.reason).encode()
        return self.redactor.bodies.shown(data, body.content_type, body.content_encoding)

    def forget(self, number: int) -> list[Body]:
        """Let go of an exchange that has ended; give its bodies that were kept back."""
        self._columns.pop(number, None)
        found = [self._bodies.pop((number, sent), None) for sent in (True, False)]
        return [body for body in found if isinstance(body, Body)]

    def columns(self, number: int, names: Plain) -> None:
        """Take note of what the columns are called of the rows that follow."""
        if not isinstance(names, list):
            return
        hidden = self.redactor.plain.columns([str(name) for name in names])
        if hidden:
            self._columns[number] = hidden
            while len(self._columns) > MAX_EXCHANGES:
                self._columns.pop(next(iter(self._columns)))

    def hidden_columns(self, number: int) -> frozenset[int]:
        """Give the columns of rows that are to be hidden."""
        return self._columns.get(number, frozenset())

    def _begin(self, number: int, sent: bool, described: _Described) -> Body | None:  # noqa: FBT001
        content_type, coding = described
        hidden = self.redactor.judges.hidden("body", content_type, "")
        body = Body(number, sent, content_type, coding)
        if hidden is not None:
            body.reason = "as a rule says"
            return body
        kind = kind_of(content_type)
        if kind == "events" and not coding:
            body.stream = EventStreamRedactor(self._event)
        elif kind == "events":
            body.reason = "as an event stream that is encoded can't be looked through"
        return None if kind == "other" else body

    def _event(self, text: str) -> str:
        return self.redactor.bodies.event(text)  # by the rules of then

    def _drop(self, body: Body) -> None:
        self._held -= len(body.data)
        body.data.clear()

    def _forget_oldest(self) -> None:
        body = self._bodies.pop(next(iter(self._bodies)), None)
        if isinstance(body, Body):
            self._drop(body)


def _described(headers: Headers) -> _Described:
    """Give ``Content-Type`` and ``Content-Encoding``."""
    found = {"content-type": "", "content-encoding": ""}
    for name, value in headers:
        lower = (name.decode("latin-1") if isinstance(name, bytes) else name).lower()
        if lower in found:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            before = found[lower]
            found[lower] = f"{before},{text}" if before and lower == "content-encoding" else text
    return found["content-type"], found["content-encoding"]
