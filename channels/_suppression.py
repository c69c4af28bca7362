"""Silence for what an agent does itself.

Asking a context variable on every publish would cost as much as the publish.
So nothing asks until somebody suppresses for the first time; from then on every
subscriber stands behind a gate that asks, for the rest of the process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType

import attrs

_silent: ContextVar[bool] = ContextVar("tapscope_suppressed", default=False)


@attrs.define(eq=False)
class _Gates:
    shut: bool = False
    install: Callable[[], object] | None = None


gates = _Gates()


def gated() -> bool:
    """Whether anything has ever been suppressed, so that gates are needed."""
    return gates.shut


def install_gates_through(install: Callable[[], object]) -> None:
    """Have *install* called at the first suppression; the registry calls this once."""
    gates.install = install


def suppressed() -> bool:
    """Whether what is published here reaches nobody; ask it before an expensive start."""
    return gates.shut and _silent.get()


@attrs.define(eq=False)
class suppress:  # noqa: N801  # it is used as a word: with suppress()
    """Have what is published inside the ``with`` reach nobody.

    It holds for this context: for the calls made here, and for the tasks and
    callbacks that begin here, but not for threads that are started here.  The
    first use in a process makes every later publish ask whether it is
    suppressed, which costs about 40 ns for each subscriber.
    """

    _tokens: list[Token[bool]] = attrs.field(factory=list[Token[bool]], init=False)

    def __enter__(self) -> None:
        if not gates.shut:
            gates.shut = True
            if gates.install is not None:
                gates.install()
        self._tokens.append(_silent.set(True))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A generator may be closed in another context, where the token means nothing.
        with contextlib.suppress(ValueError):
            _silent.reset(self._tokens.pop())
