"""Finding something in the text of a body."""

from __future__ import annotations

import re

from ...protocol.errors import INVALID_PARAMS, CommandError
from ..debugger import SearchMatch

MAX_MATCHES = 1000
"""Lines; what is found beyond is left out."""
MAX_LINE = 10_000
"""Characters; of a longer line the part around what was found is given."""

_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")


def expression(query: str, *, case_sensitive: bool, is_regex: bool) -> re.Pattern[str]:
    """Give what finds *query*, which is text, or JavaScript's or Python's regular expression.

    Raises:
        CommandError: It is none.
    """
    # Named groups are all in which everyday expressions differ.
    pattern = _NAMED_GROUP.sub("(?P<", query) if is_regex else re.escape(query)
    try:
        return re.compile(pattern, 0 if case_sensitive else re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        text = f"{query!r:.100} is no regular expression: {error}"
        raise CommandError(text, INVALID_PARAMS) from error


def search(text: str, wanted: re.Pattern[str]) -> list[SearchMatch]:
    """Give the lines of *text* in which *wanted* is found."""
    matches: list[SearchMatch] = []
    for number, line in enumerate(text.split("\n")):
        if found := wanted.search(line):
            begin = max(0, min(found.start() - MAX_LINE // 2, len(line) - MAX_LINE))
            content = line[begin : begin + MAX_LINE].removesuffix("\r")
            matches.append(SearchMatch(line_number=number, line_content=content))
            if len(matches) >= MAX_MATCHES:
                break
    return matches
