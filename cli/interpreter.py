"""The words of ``python``'s own command line, and what it comes to run by them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

_WITH_VALUE = "WX"
_LAST = "cm"
_ISOLATING = frozenset("EIS")


@attrs.frozen
class Words:
    """A command line of ``python``, taken apart.

    Attributes:
        options: The interpreter's own, without ``-c`` and ``-m``.
        letters: Those of the options, each by itself.
        mode: ``c``, ``m`` or, for a script, nothing.
        program: The code, the module or the script, then the program's arguments.
    """

    options: tuple[str, ...]
    letters: frozenset[str]
    mode: str
    program: tuple[str, ...]

    @property
    def isolated(self) -> bool:
        """Whether the interpreter ignores what would let it join a host."""
        return not self.letters.isdisjoint(_ISOLATING)


def options(original: Sequence[str]) -> tuple[str, ...]:
    """Give the interpreter's own options in *original*, ``sys.orig_argv``: all before the script.

    ``subprocess`` has a list of them too, but without ``-u``, and with what the environment
    asks for a second time.
    """
    return parse(original).options


def parse(command: Sequence[str]) -> Words:
    """Take *command* apart, whose first word is the interpreter's name."""
    kept: list[str] = []
    letters = ""
    rest = list(command[1:])
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            kept += [word, rest.pop(0) if rest else ""]
            continue
        cluster = _cluster(word[1:])
        letters += cluster.letters
        kept += [f"-{cluster.kept}"] if cluster.kept else []
        kept += [rest.pop(0) if rest else ""] if cluster.value_follows else []
        if cluster.mode:
            glued = [cluster.rest] if cluster.rest else []
            return Words(tuple(kept), frozenset(letters), cluster.mode, (*glued, *rest))
    return Words(tuple(kept), frozenset(letters), "", tuple(rest))


@attrs.frozen
class _Cluster:
    """What follows one dash.

    Attributes:
        kept: What is not ``-c`` or ``-m``.
        letters: The options in it, without a value.
        value_follows: Whether the next word is the last one's value.
        mode: ``c`` or ``m`` if it ends the options.
        rest: What is glued to that.
    """

    kept: str
    letters: str
    value_follows: bool = False
    mode: str = ""
    rest: str = ""


def _cluster(word: str) -> _Cluster:
    for index, letter in enumerate(word):
        if letter in _LAST:
            return _Cluster(word[:index], word[:index], mode=letter, rest=word[index + 1 :])
        if letter in _WITH_VALUE:
            return _Cluster(word, word[:index], value_follows=index == len(word) - 1)
    return _Cluster(word, word)
