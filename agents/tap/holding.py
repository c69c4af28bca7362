"""Bodies that are kept back until they can be looked through as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from ...channels.http import BodyChunk, Headers
from ..redaction.bodies import MAX_BODY, kind_of
from ..redaction.event_streams import EventStreamRedactor
from ..redaction.mark import withheld
from ..redaction.redactor import Redactor

MAX_HELD = 8 * 1024 * 1024
"""Bytes of all bodies together; a body that finds no room is withheld."""
MAX_EXCHANGES = 10_000
"""How many may be open; of the oldest nothing more is known then, and its bodies are withheld."""

_Key: TypeAlias = tuple[int, bool]


@attrs.define(eq=False)
class Body:
    """A body on its way.

    Attributes:
        exchange: The id of its exchange.
        at: When its last piece came, in nanoseconds.
        held: How many of its bytes are kept.
        pending: How many bytes it has that the host was not told of.
        reason: Why it is withheld, as the end of a sentence; empty if it is not.
        stream: What it goes through if it is told event by event.
    """

    exchange: int
    sent: bool
    content_type: str = ""
    content_encoding: str = ""
    at: int = 0
    held: int = 0
    pending: int = 0
    reason: str = ""
    stream: EventStreamRedactor | None = None
    pieces: list[bytes] = attrs.field(factory=list[bytes])

    def lose(self, length: int, at: int) -> None:
        """Take note of bytes that found no room on the way."""
        self.pending += length
        self.at = at
        self.reason = "as the program sent faster than the link to the host carries"


class Holding:
    """What of exchanges has to be remembered while they last."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        # None where a body is not looked into; a head until the body's first piece.
        self._bodies: dict[_Key, Body | Headers | None] = {}
        self._columns: dict[int, frozenset[int]] = {}
        self._held = 0

    def expect(self, number: int, sent: bool, headers: Headers) -> None:  # noqa: FBT001  # the event's
        """Take note of the head of a body."""
        self._bodies[number, sent] = headers
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

    def add(self, body: Body, event: BodyChunk) -> bytes:
        """Keep back the next piece of *body*; give its bytes."""
        data = bytes(event.data)
        body.at = event.at
        if body.stream is not None:
            return data
        body.pending += len(data)
        if not body.reason and body.held + len(data) > MAX_BODY:
            body.reason = f"and no more than {MAX_BODY:,} are looked through"
        if not body.reason and self._held + len(data) > MAX_HELD:
            body.reason = "as too many bodies are on their way at once"
        if body.reason:
            self._drop(body)
        else:
            body.pieces.append(data)
            body.held += len(data)
            self._held += len(data)
        return data

    def release(self, body: Body) -> bytes:
        """Give what is shown of *body* now that its exchange has ended."""
        if body.stream is not None:
            return body.stream.end()
        data = b"".join(body.pieces)
        self._drop(body)
        if body.reason:
            return withheld(body.pending, body.reason).encode()
        return self._redactor.bodies.shown(data, body.content_type, body.content_encoding)

    def size(self, number: int) -> int:
        """Give how many bytes of an exchange's bodies are kept back."""
        found = [self._bodies.get((number, sent)) for sent in (True, False)]
        return sum(body.held for body in found if isinstance(body, Body))

    def forget(self, number: int) -> list[Body]:
        """Let go of an exchange that has ended; give its bodies that were kept back."""
        self._columns.pop(number, None)
        found = [self._bodies.pop((number, sent), None) for sent in (True, False)]
        return [body for body in found if isinstance(body, Body)]

    def columns(self, number: int, names: Sequence[str]) -> None:
        """Take note of what the columns are called of the rows that follow."""
        hidden = self._redactor.plain.columns(names)
        if hidden:
            self._columns[number] = hidden
            while len(self._columns) > MAX_EXCHANGES:
                self._columns.pop(next(iter(self._columns)), None)

    def hidden_columns(self, number: int) -> frozenset[int]:
        """Give the columns of rows that are to be hidden."""
        return self._columns.get(number, frozenset())

    def _begin(self, number: int, sent: bool, headers: Headers) -> Body | None:  # noqa: FBT001
        content_type, coding = _described(headers)
        hidden = self._redactor.judges.hidden("body", content_type, "")
        body = Body(number, sent, content_type, coding)
        if hidden is not None:
            body.reason = "as a rule says"
            return body
        kind = kind_of(content_type)
        if kind == "events" and not coding:
            body.stream = EventStreamRedactor(self._redactor.bodies.event)
        elif kind == "events":
            body.reason = "as an event stream that is encoded can't be looked through"
        return None if kind == "other" else body

    def _drop(self, body: Body) -> None:
        self._held -= body.held
        body.held = 0
        body.pieces.clear()

    def _forget_oldest(self) -> None:
        body = self._bodies.pop(next(iter(self._bodies)), None)
        if isinstance(body, Body):
            self._drop(body)


def _described(headers: Headers) -> tuple[str, str]:
    """Give ``Content-Type`` and ``Content-Encoding``."""
    found = {"content-type": "", "content-encoding": ""}
    for name, value in headers:
        lower = (name.decode("latin-1") if isinstance(name, bytes) else name).lower()
        if lower in found:
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            before = found[lower]
            found[lower] = f"{before},{text}" if before and lower == "content-encoding" else text
    return found["content-type"], found["content-encoding"]
