"""Statements as text: what kind one is, and which are alike."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_LENGTH = 10_000
"""Characters of a statement that count when it is told from others."""

_SKIPPED = re.compile(r"(\s+|--[^\n]*(\n|\Z)|/\*.*?(\*/|\Z)|\()+", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]+")

_LITERAL = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<name>"(?:[^"]|"")*"?|`[^`]*`?|\[[^\]]*\]?|[A-Za-z_][\w$]*)
    | (?P<value>'(?:[^']|'')*'?|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?
        |\?\d*|[:@$]\w+|%\(\w*\)s|%s)
    | (?P<space>\s+)
    """,
    re.VERBOSE | re.DOTALL,
)
_LIST = re.compile(r"\(\s*\?(?:\s*,\s*\?)+\s*\)")
_TUPLES = re.compile(r"(\(\?\+?\))(?:\s*,\s*\(\?\+?\))+")


@lru_cache(maxsize=1024)
def keyword(statement: str) -> str:
    """Give the first keyword in capitals: ``SELECT``; ``SQL`` if there is none."""
    start = _SKIPPED.match(statement)
    found = _WORD.match(statement, start.end() if start else 0)
    return found[0].upper() if found else "SQL"


@lru_cache(maxsize=4096)
def normalised(statement: str) -> str:
    """Give *statement* without values and comments: the same for those that differ only there.

    Every value is ``?``, a list of values ``(?+)`` however long it is.
    """
    text = re.sub(r"\s+", " ", _LITERAL.sub(_replacement, statement[:MAX_LENGTH]))
    return _TUPLES.sub(r"\1", _LIST.sub("(?+)", text.strip().rstrip("; ")))


def _replacement(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "value":
            return "?"
        case "name":
            return found[0]
        case _:
            return " "
