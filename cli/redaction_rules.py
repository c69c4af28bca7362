"""What a program is to hide from its host, as it is said on the command line."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

import attrs

from ..agents.redaction import CREDENTIALS, PERSONAL, Judge, RedactionError, Rules

_PRESETS: Final = {"credentials": CREDENTIALS, "personal": PERSONAL}
_KINDS: Final[dict[str, Callable[[str], Rules]]] = {
    "header": lambda name: Rules(headers={name}),
    "query": lambda name: Rules(query={name}),
    "json": lambda path: Rules(json={path}),
    "field": lambda name: Rules(fields={name}),
    "call": lambda name: Rules(calls=[NamedJudge.parse(name)]),
}
ALLOWED: Final = (
    f"{', '.join(_PRESETS)}, header:NAME, query:KEY, json:NAME, json:$.PATH, field:NAME, "
    "call:MODULE:FUNCTION"
)


@attrs.frozen
class NamedJudge:
    """A function of the program, imported when there is the first value to ask it about."""

    module: str
    function: str

    @classmethod
    def parse(cls, text: str) -> NamedJudge:
        """Read ``MODULE:FUNCTION``.

        Raises:
            RedactionError: It is not that.
        """
        module, _, function = text.partition(":")
        names = [*module.split("."), *function.split(".")]
        if not all(name.isidentifier() for name in names):
            raise RedactionError(
                f"{text!r} is not MODULE:FUNCTION, such as 'acme.privacy:is_secret'"
            )
        return cls(module, function)

    def __call__(self, kind: str, name: str, value: str) -> bool | str | None:
        """Give the function's answer."""
        found: object = import_module(self.module)
        for part in self.function.split("."):
            found = getattr(found, part)
        if not callable(found):
            raise TypeError(f"{self.module}:{self.function} can't be called")
        return cast("Judge", found)(kind, name, value)

    def __str__(self) -> str:
        return f"{self.module}:{self.function}"


@attrs.frozen
class Redaction:
    """One value of ``--redact``."""

    text: str
    rules: Rules

    @classmethod
    def parse(cls, text: str) -> Redaction:
        """Read a preset's name, or a kind and what it is about.

        Raises:
            ValueError: It is neither; the message says what is allowed.
        """
        if text in _PRESETS:
            return cls(text, _PRESETS[text])
        kind, _, about = text.partition(":")
        if kind not in _KINDS or not about:
            raise ValueError(f"{text!r} is no redaction; allowed are {ALLOWED}")
        try:
            return cls(text, _KINDS[kind](about))
        except RedactionError as error:
            raise ValueError(f"{text!r}: {error}") from error
