"""The texts of code that is in no file: what a notebook, an interpreter or a library has made."""

from __future__ import annotations

import os.path
import sys
from collections.abc import Iterable

MAX_TEXT = 500_000
"""Characters of one text; a longer one is not told."""
MAX_NAMES = 10_000
"""How many names are looked at; a program that makes up new ones is left alone after that."""


class GeneratedTexts:
    """Gives the texts that the program has for names that are no files, each once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def of(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """Give the texts of those of *names* that are new, with their names."""
        new = {name for name in names if name not in self._seen}
        if not new or len(self._seen) >= MAX_NAMES:
            return []
        self._seen |= new
        return [(name, text) for name in new if (text := _text(name))]


def _text(name: str) -> str:
    # Where tracebacks look as well.  What stands there and is in a file the host can read itself.
    linecache = sys.modules.get("linecache")
    if linecache is None or _is_file(name):
        return ""
    try:
        # Not getlines(), which may read files and call loaders of the program's.
        text = "".join(linecache.cache[name][2])
    except (KeyError, IndexError, TypeError):  # anybody may put there anything
        return ""
    return text if len(text) <= MAX_TEXT else ""


def _is_file(name: str) -> bool:
    try:
        return not name.startswith("<") and os.path.isfile(name)
    except ValueError:
        return False
