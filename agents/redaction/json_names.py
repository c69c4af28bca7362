"""JSON without the members of certain names, wherever they are: only texts have to be looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container

from .mark import MARK

_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:\s*)?', re.DOTALL)
_DECODER = json.JSONDecoder(strict=False, parse_int=bool, parse_float=bool, parse_constant=bool)
_QUOTED_MARK = f'"{MARK}"'


def without_members(
    text: str,
    start: int,
    keys: Container[str],
    hide: Callable[[str], None],
    shown: Callable[[str], str] | None,
) -> str:
    """Give *text*, which is JSON from *start* on.

    Args:
        keys: The names of the members that are hidden.
        hide: Is told what is.
        shown: Gives what is shown of any other value that is a text, if not all are.
    """
    parts: list[str] = []
    copied = 0
    meant: dict[str, bool] = {}
    for found in _TEXT.finditer(text, start):
        if found.start() < copied:
            continue  # inside of what was hidden
        colon = found[1]
        if colon is None:
            if shown is not None and (new := shown(found[0])) != found[0]:
                parts += text[copied : found.start()], new
                copied = found.end()
            continue
        key = found[0][: -len(colon)]
        if key not in meant:
            meant[key] = json.loads(key, strict=False) in keys
        if meant[key]:
            end = _DECODER.raw_decode(text, found.end())[1]
            value = text[found.end() : end]
            if value != "null":
                hide(value)
                parts += text[copied : found.end()], _QUOTED_MARK
                copied = end
    return "".join([*parts, text[copied:]])
