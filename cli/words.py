"""Telling apart whose each word after ``tapscope run`` is: ours or the program's."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path

import attrs

from . import budget_options, native_options, redaction_options

_OURS_WITH_VALUE = (
    "--port",
    "--host",
    *native_options.WITH_VALUE,
    *budget_options.WITH_VALUE,
    *redaction_options.WITH_VALUE,
)


@attrs.frozen
class Program:
    """A program, in the words that ``python`` would be given for it.

    Attributes:
        words: A script, ``-m`` and a module or ``-c`` and code, then the program's arguments.
    """

    words: tuple[str, ...]

    @property
    def title(self) -> str:
        """What a person would call it."""
        return "python -c" if self.words[0] == "-c" else " ".join(self.words)

    @property
    def script(self) -> Path | None:
        """The script, if it is one that has a name."""
        return None if self.words[0].startswith("-") else Path(self.words[0])

    @property
    def url(self) -> str:
        """The script's address, or nothing."""
        return self.script.absolute().as_uri() if self.script else ""

    @property
    def missing(self) -> bool:
        """Whether ``python`` will certainly find nothing to run, and say so itself."""
        if self.script:
            return not _is_runnable(self.script)
        if self.words[0] == "-m":
            return len(self.words) == 1 or not _is_importable(self.words[1])
        return self.words == ("-c",)


def split(
    words: Sequence[str], with_value: Sequence[str] = ()
) -> tuple[list[str], tuple[str, ...]]:
    """Part the words after ``tapscope run`` into our options and the program with its own.

    The program begins as it does for ``python``: at a script, ``-m``, ``-c`` or a lone ``-``;
    or after ``--``.  Options *with_value* are those that ``tapscope run`` does not have.
    """
    valued = (*_OURS_WITH_VALUE, *with_value)
    position = 0
    while position < len(words):
        word = words[position]
        if word == "--":
            return list(words[:position]), tuple(words[position + 1 :])
        if _begins_program(word):
            break
        position += 2 if word in valued else 1
    return list(words[:position]), _spread(words[position:])


def _begins_program(word: str) -> bool:
    return not word.startswith("-") or word == "-" or word.startswith(("-m", "-c"))


def _spread(words: Sequence[str]) -> tuple[str, ...]:
    """Write ``-mmodule`` as ``-m module``, as ``python`` understands it."""
    if words and words[0][:2] in ("-m", "-c") and len(words[0]) > len("-m"):
        return (words[0][:2], words[0][2:], *words[1:])
    return tuple(words)


def _is_runnable(script: Path) -> bool:
    if script.is_dir():
        return any((script / name).exists() for name in ("__main__.py", "__main__.pyc"))
    return script.exists()


def _is_importable(module: str) -> bool:
    """Whether the top of *module* is to be found; what is below would have to be imported."""
    top = module.partition(".")[0]
    try:
        return bool(importlib.util.find_spec(top) or PathFinder.find_spec(top, [str(Path.cwd())]))
    except (ImportError, ValueError, OSError):
        return True
