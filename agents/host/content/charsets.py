"""Bytes made text, by the rules of browsers: https://encoding.spec.whatwg.org/."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

WINDOWS_1252 = "windows-1252"

# What browsers read in place of what is announced, by the names of Python's codecs.
_READ_AS = {
    "ascii": WINDOWS_1252,
    "iso8859-1": WINDOWS_1252,
    "cp1252": WINDOWS_1252,
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
# Slow, of no use, or not from bytes to text.
_NOT_CHARSETS = frozenset(
    {
        "base64", "bz2", "hex", "idna", "punycode", "quopri", "raw-unicode-escape", "rot13",
        "undefined", "unicode-escape", "uu", "zlib",
    }
)  # fmt: skip

# Where the standard leaves a byte out Python has no character, and browsers a control.
_CONTROLS = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 160)
}

_PRESCANNED = 1024
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]+)""")
_META = re.compile(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
_AT_CHARSET = re.compile(rb'^@charset "([^"]+)";')


def marked(data: bytes) -> tuple[str, int]:
    """Give the codec that the byte order mark of *data* names, and its length; empty without."""
    found = ((codec, len(mark)) for mark, codec in _MARKS if data.startswith(mark))
    return next(found, ("", 0))


def codec_of(charset: str) -> str:
    """Give what *charset* is read by; empty if that is none, or only one of Python's own."""
    try:
        name = codecs.lookup(charset).name if charset else ""
    except (LookupError, ValueError):
        return ""
    return "" if name in _NOT_CHARSETS else _READ_AS.get(name, name)


def declared(data: bytes, mime_type: str) -> str:
    """Give the charset that a document of HTML, XML or CSS names in its beginning, or nothing."""
    if mime_type == "text/html":
        found = _META.search(data, 0, _PRESCANNED)
    elif mime_type == "text/css":
        found = _AT_CHARSET.search(data, 0, _PRESCANNED)
    elif mime_type.endswith("xml"):
        found = _DECLARATION.search(data, 0, _PRESCANNED)
    else:
        found = None
    charset = found[1].decode("latin-1") if found else ""
    # Who could read the declaration as ASCII does not read UTF-16.
    return "utf-8" if charset.lower().startswith("utf-16") else charset


def decode(data: bytes, codec: str, *, strict: bool, whole: bool) -> str:
    """Give *data* as text.

    Args:
        strict: Whether what can't be read is an error, and not replaced.
        whole: Whether nothing is missing at the end, where a character may be cut then.

    Raises:
        UnicodeError: It is no text of that codec.
    """
    if codec == WINDOWS_1252:
        return data.decode("latin-1").translate(_CONTROLS)
    errors = "strict" if strict else "replace"
    made = codecs.lookup(codec).incrementaldecoder
    text = made(errors).decode(data, final=whole) if made else data.decode(codec, errors)
    text.encode()  # UTF-7 can hold halves of surrogate pairs, JSON can't
    return text
