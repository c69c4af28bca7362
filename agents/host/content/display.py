"""Bodies made readable: text told from binary."""

from __future__ import annotations

import base64
import re

import attrs

from .charsets import WINDOWS_1252, codec_of, declared, decode, marked

_TEXT_TYPES = (
    "json",
    "xml",
    "javascript",
    "ecmascript",
    "x-www-form-urlencoded",
    "graphql",
    "yaml",
)

_MIME_TYPE = re.compile(r"[^\s/;,]+/[^\s/;,]+")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)


@attrs.frozen
class ContentType:
    """A media type in lower case without its parameters, and its charset; both may be empty."""

    mime_type: str
    charset: str

    @property
    def is_text(self) -> bool:
        """Whether a body of this type is for reading."""
        return self.mime_type.startswith("text/") or self.mime_type.endswith(_TEXT_TYPES)

    @classmethod
    def parse(cls, header: str) -> ContentType:
        """Read the value of a ``Content-Type`` header; what can't be read is empty."""
        mime_type = header.partition(";")[0].strip().lower()
        if not _MIME_TYPE.fullmatch(mime_type):
            return cls("", "")
        charset = _CHARSET.search(header)
        return cls(mime_type, charset[1].lower() if charset else "")


@attrs.frozen
class Display:
    """A body as CDP carries it: text, or base64 of what is not.

    Attributes:
        note: What is to be said of it; under a text it stands already.
    """

    text: str
    base64_encoded: bool
    note: str = ""


def display(
    data: bytes, content_type: ContentType, note: str = "", *, whole: bool = True
) -> Display:
    """Give *data* as text if its type or its bytes say that it is, else as base64.

    A *note* stands under a text.  What is not *whole* may end within a character.
    """
    try:
        text = text_of(data, content_type, whole=whole)
    except UnicodeError:
        return Display(base64.b64encode(data).decode("ascii"), base64_encoded=True, note=note)
    return Display(f"{text}\n[tapscope: {note}]\n" if note else text, False, note)


def text_of(data: bytes, content_type: ContentType, *, whole: bool = True) -> str:
    """Give *data* as text: by its mark, its header, what it says itself, or else as UTF-8.

    Raises:
        UnicodeError: It is none.
    """
    strict = not content_type.is_text
    codec, length = marked(data)
    # Two bytes are no proof where nothing else says that this is text.
    if codec == "utf-8" or (codec and not strict):
        return decode(data[length:], codec, strict=strict, whole=whole)
    mime_type = content_type.mime_type
    codec = codec_of(content_type.charset) or codec_of(declared(data, mime_type))
    if codec:
        return decode(data, codec, strict=strict, whole=whole)
    try:
        return decode(data, "utf-8", strict=True, whole=whole)
    except UnicodeError:
        if strict:
            raise
    # JSON and its like are UTF-8 by definition; of old pages browsers believe something else.
    guess = WINDOWS_1252 if mime_type.startswith("text/") else "utf-8"
    return decode(data, guess, strict=False, whole=whole)
