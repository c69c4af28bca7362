"""Whole bodies without secrets; what can't be looked through is withheld."""

from __future__ import annotations

import json
import re
from typing import Literal, TypeAlias
from urllib.parse import unquote_plus

from . import codings
from .json_text import JsonRedactor, is_json
from .judging import Judges
from .known import Known
from .mark import MARK, withheld
from .multipart import NoMultipart, without_fields
from .names import Names
from .queries import Queries
from .texts import Texts

Kind: TypeAlias = Literal["json", "lines", "form", "multipart", "events", "text", "other"]

MAX_BODY = 1_000_000
"""Bytes, decoded or not; what is longer is withheld."""

# No document begins with [D, but streams of language models end with [DONE].
_BROKEN_JSON = re.compile(r"\s*+(?:\{|\[(?![A-Z]))")
_LINES = ("ndjson", "jsonl", "json-seq", "jsonlines", "json-lines", "stream+json")


def kind_of(content_type: str) -> Kind:
    """Tell how a body of that type is looked through; ``"other"`` is not."""
    mime_type = content_type.partition(";")[0].strip().lower()
    if any(part in mime_type for part in _LINES):
        return "lines"
    if "json" in mime_type:
        return "json"
    if mime_type == "application/x-www-form-urlencoded":
        return "form"
    if mime_type.startswith("multipart/"):
        return "multipart" if mime_type == "multipart/form-data" else "other"
    if mime_type == "text/event-stream":
        return "events"
    return "text" if mime_type in {"", "text/plain"} else "other"


class BodyRedactor:
    """Gives bodies as they are to be shown."""

    def __init__(
        self,
        names: Names,
        queries: Queries,
        jsons: JsonRedactor,
        texts: Texts,
        judges: Judges,
        known: Known,
    ) -> None:
        self._names = names
        self._queries = queries
        self._json = jsons
        self._texts = texts
        self._judges = judges
        self._known = known

    def shown(self, data: bytes, content_type: str, content_encoding: str) -> bytes:
        """Give a body without secrets, or what is shown in its place; never raises."""
        coded = codings.names(content_encoding)
        try:
            plain = codings.decoded(data, coded, MAX_BODY)
            return codings.encoded(self._shown(plain, content_type), coded)
        except codings.CannotDecode as error:
            reason = str(error)
        except NoMultipart as error:
            reason = f"as they are no multipart: {error}"
        except UnicodeError:
            reason = "as they are no text"
        except Exception as error:  # whatever it is, the body is not to be seen
            reason = f"as they are not {kind_of(content_type)} ({type(error).__name__})"
        return codings.encoded(withheld(len(data), reason).encode(), coded)

    def event(self, text: str) -> str:
        """Give the data of an event without secrets."""
        try:
            if is_json(text):
                return self._json.shown(text)
            if _BROKEN_JSON.match(text):
                return withheld(len(text.encode()), "as they are not JSON")
            return self._texts.shown(text)
        except Exception:  # as above
            return MARK

    def message(self, data: bytes) -> bytes:
        """Give the payload of a WebSocket's message without secrets, or what is shown for it."""
        try:
            return self.event(data.decode()).encode()
        except UnicodeError:
            return withheld(len(data), "as they are no text").encode()

    def _shown(self, data: bytes, content_type: str) -> bytes:
        kind = kind_of(content_type)
        if not data:
            return data
        if kind == "multipart":
            return without_fields(data, content_type, self._field)
        text, encoding = _text(data)
        if kind == "json":
            text = self._json.shown(text)
        elif kind == "lines":
            lines = text.replace("\x1e", "").splitlines()
            text = "\n".join(self._json.shown(line) if line.strip() else "" for line in lines)
        elif kind == "form":
            text = self._known.hide(self._form(text))
        else:
            text = self._json.shown(text) if is_json(text) else self._plain(text)
        return text.encode(encoding)

    def _plain(self, text: str) -> str:
        return self._texts.shown(text)

    def _form(self, text: str) -> str:
        if is_json(text):  # urllib says that it is a form, whatever it is
            return self._json.shown(text)
        return "&".join(map(self._pair, self._queries.pairs(text).split("&")))

    def _pair(self, pair: str) -> str:
        key, _, value = pair.partition("=")
        # What is encoded can't be compared as it is.
        if "%" not in value and "+" not in value:
            return pair
        plain = unquote_plus(value)
        if is_json(plain):
            return f"{key}={self._json.shown(plain)}"
        return f"{key}={self._known.hide(plain)}" if self._known.within(plain) else pair

    def _field(self, name: str, value: bytes) -> bytes:
        text = value.decode("latin-1")
        if name in self._names:
            self._known.learn(text)
            return MARK.encode()
        if self._judges:
            shown = self._judges.hidden("form", name, text)
            if shown is not None:
                return shown.encode()
        if is_json(text):
            return self._json.shown(value.decode()).encode()
        return self._known.hide(text).encode("latin-1")


def _text(data: bytes) -> tuple[str, str]:
    encoding = json.detect_encoding(data)
    return data.decode(encoding), "utf-8" if encoding == "utf-8-sig" else encoding
