"""The files that occur in stacks, as scripts that DevTools shows as Python.

DevTools takes every script for JavaScript.  So a script is announced without a
URL and with a source map, whose one source is the Python file, line for line:
that source opens with Python highlighting.  Only files that occurred in a
stack are ever read.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import attrs
import orjson

from ..link.messages import Frame
from .exchange import Process
from .source_texts import source_text

MAX_SCRIPTS = 10_000
"""How many files are told apart; a program that makes up new names stops being followed there."""

_TOO_MANY = "<one of too many files>"
_LIBRARIES = ("<frozen ", "<attrs generated ", "<__array_function__ ")
"""How the names of what libraries make begin."""

_FIRST_LINE, _NEXT_LINE = "AAAA", "AACA"


@attrs.frozen
class Script:
    """One file: its number, where it is, and whether it is a library's.

    Attributes:
        name: What stacks call it.
        filename: Its path, if it is in a file.
    """

    id: str
    process: Process
    name: str
    filename: str
    library: bool

    @property
    def url(self) -> str:
        """Where DevTools shows it."""
        path = Path(self.filename)
        if path.is_absolute():
            return path.as_uri()
        # By the last letters DevTools knows in what language a text is to be coloured.
        return f"python:{self.filename}{'.py' if self.name in self.process.texts else ''}"

    def text(self) -> str:
        """Give the source, or a line that says why there is none."""
        return source_text(self.process, self.name, self.filename)


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
                return Script("0", process, _TOO_MANY, _TOO_MANY, library=True)
            self._scripts[key] = self._make(process, frame.filename)
        return self._scripts[key]

    def find(self, id: str) -> Script | None:  # noqa: A002  # CDP's word
        """Give the script with this *id*."""
        return next((script for script in self._scripts.values() if script.id == id), None)

    def at(self, url: str) -> Script | None:
        """Give the script that DevTools shows at *url*; no other file is ever given."""
        return next((script for script in self._scripts.values() if script.url == url), None)

    def _make(self, process: Process, name: str) -> Script:
        filename = name if name.startswith("<") else str(Path(process.folder, name))
        library = filename.startswith((*process.libraries, *_LIBRARIES))
        return Script(str(len(self._scripts) + 1), process, name, filename, library)


def source_map(script: Script, text: str, *, folded: bool) -> str:
    """Give the ``data:`` URL of the map that shows *text* as the source of *script*.

    DevTools folds the frames of a source that is *folded*.
    """
    lines = text.count("\n") + 1
    content: dict[str, object] = {
        "version": 3,
        "sources": [script.url],
        "sourcesContent": [text],
        "names": [],
        "mappings": ";".join([_FIRST_LINE] + [_NEXT_LINE] * (lines - 1)),
    }
    if folded:
        content["ignoreList"] = [0]
    return f"data:application/json;base64,{base64.b64encode(orjson.dumps(content)).decode('ascii')}"


def digest(text: str) -> str:
    """Give what tells one text of a script from another."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
