"""What docstrings say, for descriptions: the beginning, and a line for each name."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping

_SECTION = re.compile(r"^(?:Args|Attributes):\n((?:[ ].*\n|\n)*)", re.MULTILINE)
_ENTRY = re.compile(r"^(\w+)(?: \(.*\))?: ", re.MULTILINE)


def summary(thing: object) -> str:
    """Give the first paragraph of a docstring, in one line; empty if there is none."""
    return _line((own_docstring(thing) or "").partition("\n\n")[0])


def entries(thing: object) -> Mapping[str, str]:
    """Give what a docstring's ``Args:`` or ``Attributes:`` say of each name."""
    text = (own_docstring(thing) or "") + "\n"
    return {name: said for section in _SECTION.findall(text) for name, said in _entries(section)}


def own_docstring(thing: object) -> str | None:
    """Give a docstring; a class has none from the classes that it is made of."""
    if isinstance(thing, type):
        text = vars(thing).get("__doc__")
        return inspect.cleandoc(text) if isinstance(text, str) else None
    return inspect.getdoc(thing)


def _entries(section: str) -> Iterator[tuple[str, str]]:
    # What comes before each name, then the name, then what is said of it, and so on.
    _, *parts = _ENTRY.split(textwrap.dedent(section))
    for name, said in zip(parts[::2], parts[1::2], strict=True):
        yield name, _line(said)


def _line(text: str) -> str:
    return " ".join(text.split())
