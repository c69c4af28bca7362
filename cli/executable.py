"""Which of the files to be executed are this program's interpreter, or scripts for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

import attrs

from . import interpreter

_LONGEST_FIRST_LINE = 256
_RESOURCE_TRACKER = "from multiprocessing.resource_tracker import "


@attrs.frozen
class Command:
    """A file to be executed.

    Attributes:
        path: Where it is, from this process's folder.
        words: What it is given, its own name first.
        environ: The environment that it gets.
    """

    path: str
    words: Sequence[str]
    environ: Mapping[str, str]

    def can_join(self, python: str) -> bool:
        """Whether this starts *python* so that it takes up what is in the environment for it.

        Another interpreter may lack what we need, or have another version of us.
        """
        started = self._interpreter()
        if started is None or not _same(started.path, python):
            return False
        words = interpreter.parse(started.words)
        return not words.isolated and not _is_nobodys(words)

    def _interpreter(self) -> Command | None:
        """What the system executes: for a script the interpreter that its first line names."""
        first_line = _first_line(self.path)
        if first_line is None:
            return self
        path, *option = first_line.split(maxsplit=1)
        if os.path.basename(path) != "env":
            return self._with(path, option)
        searched = found(os.path.join(each, *option) for each in os.get_exec_path(self.environ))
        return None if searched is None else self._with(searched, [])

    def _with(self, path: str, option: list[str]) -> Command:
        return Command(path, [path, *option, self.path, *self.words[1:]], self.environ)


def found(candidates: Iterable[str]) -> str | None:
    """Give the first of *candidates* that can be executed."""
    for path in candidates:
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def _is_nobodys(words: interpreter.Words) -> bool:
    """Whether it is a command of ours, or only cleans up behind other processes."""
    first = words.program[0] if words.program else ""
    if words.mode == "c":
        return first.startswith(_RESOURCE_TRACKER)
    return os.path.basename(first) == "tapscope"


def _same(path: str, python: str) -> bool:
    """Whether *path* is *python*, by whatever name: its folder tells a virtual environment."""
    return path == python or _place(path) == _place(python)


def _place(path: str) -> tuple[str, str]:
    return os.path.realpath(os.path.dirname(path)), os.path.realpath(path)


def _first_line(path: str) -> str | None:
    """What follows ``#!`` in a script."""
    with open(path, "rb") as file:
        if file.read(2) != b"#!":
            return None
        return os.fsdecode(file.readline(_LONGEST_FIRST_LINE)).strip()
