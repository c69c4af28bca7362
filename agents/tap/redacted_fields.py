"""The fields of single messages, without what the program's rules hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..link import messages
from ..link.layout import NUMBERS, place_of
from ..link.messages import Message
from ..link.plain import pack, unpack
from ..redaction.redactor import Redactor
from .record_texts import MAX_TEXT, cut, end_of

MAX_SEARCHED = 200_000
"""Characters of one text that are looked through; a longer one is withheld."""

HIDING: dict[type[Message], tuple[str, ...]] = {
    messages.RequestStarted: ("headers", "url"),
    messages.RequestReceived: ("headers", "url"),
    messages.ResponseStarted: ("headers", "early_hints"),
    messages.ResponseSent: ("headers",),
    messages.ExchangeFailed: ("text", "traceback"),
    messages.WorkStarted: ("fields",),
    messages.WorkAnswered: ("fields",),
    messages.WorkChunk: ("fields",),
    messages.WorkFinished: ("fields",),
    messages.SocketOpening: ("headers", "url"),
    messages.SocketOpened: ("headers",),
    messages.SocketClosed: ("reason",),
    messages.RecordLogged: ("text", "error"),
}
"""Which fields may tell a secret; headers first, as the others are searched for what they tell."""

Fields: TypeAlias = list[Any]
"""A message as the link carries it: its number, and its fields, each of a type of its own."""


class FieldRedactor:
    """Hides what is to be hidden in a message that stands for itself, so not in a body's piece."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        ways: dict[str, Callable[[Any], object]] = {
            "headers": redactor.headers.shown,
            "early_hints": redactor.headers.shown,
            "url": redactor.url,
            "text": self._text,
            "reason": self._text,
            "error": self._traceback,
            "traceback": self._traceback,
            "fields": self._plain,
        }
        self._ways = {
            NUMBERS[kind]: [(place_of(kind, name), ways[name]) for name in names]
            for kind, names in HIDING.items()
        }

    def hide(self, message: Fields) -> Fields:
        """Give *message*, changed."""
        for place, way in self._ways.get(message[0], ()):
            if message[place]:
                message[place] = way(message[place])
        return message

    def _text(self, text: str) -> str:
        return cut(self._shown(text), MAX_TEXT)

    def _traceback(self, text: str) -> str:
        return end_of(self._shown(text), MAX_TEXT)

    def _shown(self, text: str) -> str:
        if len(text) > MAX_SEARCHED:
            return f"[redacted: more than {MAX_SEARCHED:,} characters, too many to look through]"
        return self._redactor.texts.shown(text)

    def _plain(self, packed: bytes) -> bytes:
        [fields] = unpack(packed)
        return pack(self._redactor.plain.fields(fields))
