"""What a program is to hide from its host, on its way there.

What was asked for travels to the program as words of its environment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from ..agents import network

if TYPE_CHECKING:
    from .redaction_rules import Redaction

_WORD = "redact="


def words(redactions: Sequence[Redaction]) -> list[str]:
    """Give what was asked for as words for :func:`redact`."""
    return [f"{_WORD}{quote(each.text, safe='')}" for each in redactions]


def ours(how: Collection[str]) -> list[str]:
    """Give those of the words that are of :func:`words`."""
    return [word for word in how if word.startswith(_WORD)]


def redact(how: Collection[str]) -> None:
    """Have this program hide what is asked for; to be called before it joins a host.

    Raises:
        ValueError: A word is not of :func:`words`.
    """
    for word in ours(how):
        # Not at the top: programs that hide nothing do without.
        from .redaction_rules import Redaction

        network.redact(Redaction.parse(unquote(word.removeprefix(_WORD))).rules)
