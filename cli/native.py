"""Of which native calls a program is to tell.

What was asked for travels to the program as words of its environment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import attrs

_WATCH = "native="
_SLOW = "slow-native="

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>us|ms|s|)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "": 1.0}


@attrs.frozen
class Watch:
    """Functions of a module whose calls are to be told.

    Attributes:
        module: Its full name.
        include: Patterns of the functions' names.
    """

    module: str
    include: tuple[str, ...] = ("*",)

    @classmethod
    def parse(cls, text: str) -> Watch:
        """Read ``MODULE`` or ``MODULE:PATTERN,PATTERN``.

        Raises:
            ValueError: It is neither.
        """
        module, colon, rest = text.partition(":")
        include = tuple(rest.split(",")) if colon else ("*",)
        if not _MODULE.fullmatch(module) or not all(include) or len(text.split()) != 1:
            raise ValueError(f"{text!r} is not MODULE or MODULE:PATTERN, such as 'backend:js__*'")
        return cls(module, include)

    def __str__(self) -> str:
        return f"{self.module}:{','.join(self.include)}"


def duration(text: str) -> float:
    """Read ``200ms``, ``1.5s`` or ``500us``; give seconds.

    Raises:
        ValueError: It is no such thing.
    """
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no duration, such as 200ms or 1.5s")
    return float(found["number"]) * _SECONDS[found["unit"]]


def words(watches: Sequence[Watch], slow: float | None) -> list[str]:
    """Give what was asked for as words for :func:`watch`."""
    told = [f"{_WATCH}{watch}" for watch in watches]
    return told if slow is None else [*told, f"{_SLOW}{slow!r}"]


def ours(how: Collection[str]) -> list[str]:
    """Give those of the words that are of :func:`words`."""
    return [word for word in how if word.startswith((_WATCH, _SLOW))]


def watch(how: Collection[str]) -> None:
    """Tell of the calls that are asked for, in the program; modules are waited for."""
    slow = [float(word.removeprefix(_SLOW)) for word in how if word.startswith(_SLOW)]
    for word in how:
        if word.startswith(_WATCH):
            from ..integrations import native

            wanted = Watch.parse(word.removeprefix(_WATCH))
            native.instrument_when_imported(
                wanted.module, wanted.include, slow=slow[0] if slow else None
            )
