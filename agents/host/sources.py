"""The files that occur in stacks, as scripts that DevTools shows as Python.

DevTools takes every script for JavaScript.  So a script is announced without a
URL and with a source map, whose one source is the Python file, line for line:
that source opens with Python highlighting.  Only files that occurred in a
stack are ever read.
"""

from __future__ import annotations

import base64
import hashlib
import os
import tokenize
from pathlib import Path

import attrs
import orjson

from ..link.messages import Frame
from .recorder import Process

MAX_SOURCE = 4_000_000
"""Characters; a longer file is cut, it was generated and nobody reads it."""

MAX_SCRIPTS = 10_000
"""How many files are told apart; a program that makes up new names stops being followed there."""

_FIRST_LINE, _NEXT_LINE = "AAAA", "AACA"


@attrs.frozen
class Script:
    """One file: its number, where it is, and whether it is a library's."""

    id: str
    process: Process
    filename: str
    library: bool

    @property
    def url(self) -> str:
        """Where DevTools shows it."""
        path = Path(self.filename)
        return path.as_uri() if path.is_absolute() else f"python:{self.filename}"

    def text(self) -> str:
        """Give the source, or a line that says why there is none."""
        # A pipe or a device would keep the host waiting.
        if not os.path.isfile(self.filename):
            return f"# {self.filename} can't be shown: there is no such file\n"
        try:
            with tokenize.open(self.filename) as file:
                text = file.read(MAX_SOURCE)
        except (OSError, SyntaxError, ValueError) as error:
            return f"# {self.filename} can't be shown: {error}\n"
        # Some codecs can give what no JSON can hold: halves of surrogate pairs.
        return text.encode("utf-8", "replace").decode("utf-8")


class Sources:
    """Numbers the files of all processes, by their first occurrence."""

    def __init__(self) -> None:
        self._scripts: dict[tuple[int, str], Script] = {}

    def all(self) -> list[Script]:
        """Give every script so far."""
        return list(self._scripts.values())

    def of(self, process: Process, frame: Frame) -> Script:
        """Give the script that *frame* is in."""
        key = (process.number, frame.filename)
        if key not in self._scripts:
            if len(self._scripts) >= MAX_SCRIPTS:
                return Script("0", process, "<one of too many files>", library=True)
            self._scripts[key] = self._make(process, frame.filename)
        return self._scripts[key]

    def find(self, id: str) -> Script | None:  # noqa: A002  # CDP's word
        """Give the script with this *id*."""
        return next((script for script in self._scripts.values() if script.id == id), None)

    def _make(self, process: Process, filename: str) -> Script:
        if not filename.startswith("<"):
            filename = str(Path(process.folder, filename))
        library = filename.startswith((*process.libraries, "<frozen "))
        return Script(str(len(self._scripts) + 1), process, filename, library)


def source_map(script: Script, text: str) -> str:
    """Give the ``data:`` URL of the map that shows *text* as the source of *script*."""
    lines = text.count("\n") + 1
    content: dict[str, object] = {
        "version": 3,
        "sources": [script.url],
        "sourcesContent": [text],
        "names": [],
        "mappings": ";".join([_FIRST_LINE] + [_NEXT_LINE] * (lines - 1)),
    }
    if script.library:
        content["ignoreList"] = [0]
    return f"data:application/json;base64,{base64.b64encode(orjson.dumps(content)).decode('ascii')}"


def digest(text: str) -> str:
    """Give what tells one text of a script from another."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
