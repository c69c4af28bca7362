"""The files that occur in stacks, as scripts that DevTools shows as Python.

DevTools takes every script for JavaScript.  So a script is announced without a
URL and with a source map, whose one source is the Python file, line for line:
that source opens with Python highlighting.  DevTools loads the map by its URL,
and the source, once somebody opens it, by its own: both through the target, as
their scheme is none that it loads itself.  Only files that occurred in a stack
are ever read, and only when they are asked for.
"""

from __future__ import annotations

import base64
from pathlib import Path

import attrs
import orjson

from ...link.messages import Frame
from .process import Process
from .source_texts import source_text

MAX_SCRIPTS = 10_000
"""How many files are told apart; a program that makes up new names stops being followed there."""

_TOO_MANY = "<one of too many files>"
_LIBRARIES = ("<frozen ", "<attrs generated ", "<__array_function__ ")
"""How the names of what libraries make begin."""

_SCHEME = "python://"
_MAP = f"{_SCHEME}source-map/"

_FIRST_LINE, _NEXT_LINE = "AAAA", ";AACA"


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
        """Where it is, as frames say it: its file's URL."""
        path = Path(self.filename)
        return path.as_uri() if path.is_absolute() else self.source_url

    @property
    def source_url(self) -> str:
        """Where DevTools shows it, and loads its text from."""
        path = Path(self.filename)
        if path.is_absolute():
            return f"{_SCHEME}{path.as_uri().removeprefix('file://')}"
        # What is in no file is each process's own.  By the last letters DevTools knows in what
        # language a text is to be coloured.
        ending = ".py" if self.name in self.process.texts else ""
        return f"{_SCHEME}{self.process.number}/{self.filename}{ending}"

    @property
    def map_url(self) -> str:
        """Where DevTools loads its source map from."""
        return f"{_MAP}{self.id}"

    def text(self) -> str:
        """Give the source, or a line that says why there is none."""
        return source_text(self.process, self.name, self.filename)

    def source_map(self, *, folded: bool) -> bytes:
        """Give the map from its lines to those of its source, whose text is read for it.

        DevTools folds the frames of a source that is *folded*.
        """
        return orjson.dumps(_map(self, self.text(), folded=folded))


class Sources:
    """Numbers the files of all processes, by their first occurrence."""

    def __init__(self) -> None:
        self._scripts: dict[tuple[int, str], Script] = {}
        self._by_id: dict[str, Script] = {}

    def all(self) -> list[Script]:
        """Give every script so far."""
        return list(self._scripts.values())

    def of(self, process: Process, frame: Frame) -> Script:
        """Give the script that *frame* is in."""
        key = (process.number, frame.filename)
        if key not in self._scripts:
            if len(self._scripts) >= MAX_SCRIPTS:
                rest = Script("0", process, _TOO_MANY, _TOO_MANY, library=True)
                return self._by_id.setdefault(rest.id, rest)
            script = self._scripts[key] = self._make(process, frame.filename)
            self._by_id[script.id] = script
        return self._scripts[key]

    def find(self, id: str) -> Script | None:  # noqa: A002  # CDP's word
        """Give the script with this *id*."""
        return self._by_id.get(id)

    def mapped_at(self, url: str) -> Script | None:
        """Give the script whose source map is at *url*."""
        return self.find(url.removeprefix(_MAP)) if url.startswith(_MAP) else None

    def at(self, url: str) -> Script | None:
        """Give the script whose source, or whose file, is at *url*; no other is ever given."""
        scripts = self._by_id.values()
        return next((each for each in scripts if url in (each.source_url, each.url)), None)

    def _make(self, process: Process, name: str) -> Script:
        filename = name if name.startswith("<") else str(Path(process.folder, name))
        library = filename.startswith((*process.libraries, *_LIBRARIES))
        return Script(str(len(self._scripts) + 1), process, name, filename, library)


def map_with_text(script: Script) -> str:
    """Give the ``data:`` URL of a map that has the text of *script* in it."""
    text = script.text()
    content = {**_map(script, text, folded=script.library), "sourcesContent": [text]}
    encoded = base64.b64encode(orjson.dumps(content)).decode("ascii")
    return f"data:application/json;base64,{encoded}"


def _map(script: Script, text: str, *, folded: bool) -> dict[str, object]:
    content: dict[str, object] = {
        "version": 3,
        "sources": [script.source_url],
        "names": [],
        "mappings": _FIRST_LINE + _NEXT_LINE * text.count("\n"),
    }
    if folded:
        content["ignoreList"] = [0]
    return content
