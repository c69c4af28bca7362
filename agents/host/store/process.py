"""The programs that are or were linked, and what only they can explain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import attrs

from ...link.messages import MAX_STACKS, Frame, Message, Returned, StackDefined

MAX_TEXTS = 10_000_000
"""Characters of all texts that one process tells of what is in no file."""


class ProgramLink(Protocol):
    """How a linked process is reached."""

    def tell(self, message: Message) -> None:
        """Send it *message*."""
        ...

    def call(
        self, function: str, arguments: bytes, answered: Callable[[Returned], object]
    ) -> Callable[[], object]:
        """Have it call *function*; *answered* takes the outcome, unless the result was called."""
        ...


class CausedStack(tuple[Frame, ...]):  # noqa: SLOT001  # a tuple can't have any
    """The frames of a stack, with where the work that they are part of was started.

    Attributes:
        number: The program's own for it, as that defined it; 0 for none.
        description: What was called there, if it has started work itself.
        cause: Where it was started.
    """

    number: int = 0
    description: str = ""
    cause: CausedStack | None = None


NO_STACK = CausedStack()


@attrs.define(eq=False)
class Process:
    """A program that is or was linked.

    Attributes:
        number: From 1, in the order of linking.
        epoch: Nanoseconds since 1970 minus the program's monotonic clock.
        libraries: Folders of code that is not the program's own.
        stacks: What it sent, by number: as many as it may still refer to.
        texts: Those of what is in no file, by the names that stacks have for it.
        ended: Whether its link is closed.
        link: How it is reached; ``None`` once that is closed.
    """

    number: int
    pid: int
    title: str
    folder: str
    epoch: int
    libraries: tuple[str, ...]
    stacks: dict[int, CausedStack] = attrs.field(factory=dict[int, CausedStack])
    texts: dict[str, str] = attrs.field(factory=dict[str, str])
    ended: bool = False
    link: ProgramLink | None = None
    _texts_size: int = attrs.field(default=0, init=False)

    def define_text(self, name: str, text: str) -> None:
        """Keep the text of what stacks call *name*; the oldest go for it."""
        self._texts_size += len(text) - len(self.texts.pop(name, ""))
        self.texts[name] = text
        while self._texts_size > MAX_TEXTS and len(self.texts) > 1:
            self._texts_size -= len(self.texts.pop(next(iter(self.texts))))

    def define_stack(self, told: StackDefined) -> None:
        """Keep a stack for the exchanges that are going to refer to it."""
        stack = self.stacks[told.id] = CausedStack(told.frames)
        stack.number, stack.description = told.id, told.description
        stack.cause = self.stacks.get(told.parent)
        if len(self.stacks) > MAX_STACKS:
            del self.stacks[next(iter(self.stacks))]
