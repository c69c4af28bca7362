from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import TypeAlias

import attrs

Stack: TypeAlias = Sequence[CodeType | int]
"""A call stack, innermost frame first: code object, offset into it, code object, offset ...

Lines are not looked up here: that costs more than everything else about an
event, and can be done later by whoever shows the stack (``CodeType.co_positions``).
"""


@attrs.define(eq=False)
class _Linking:
    """What adds to each stack where its work was started, while anybody wants that."""

    link: Callable[[Stack], Stack] | None = None


linking = _Linking()

DEPTH = 64
"""The most frames a stack holds; the outermost are left out."""


def stack_of(frame: FrameType | None, /) -> list[CodeType | int]:
    """Take the call stack that *frame*, of any thread, is the innermost of."""
    stack: list[CodeType | int] = []
    while frame is not None and len(stack) < 2 * DEPTH:
        stack += (frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return stack


# Where there was no compiler, all is the same but for the time.
with contextlib.suppress(ImportError):
    from ._frames import stack_of as stack_of  # noqa: PLC0414  # exported


def capture_stack(skip: int = 0) -> Stack:
    """Take the call stack of the caller, without its innermost *skip* frames."""
    # inspect.currentframe() would do a call more and give the same.
    stack = stack_of(sys._getframe(skip + 1))  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    link = linking.link  # not linked(), as this is asked for every event
    return stack if link is None else link(stack)


def linked(stack: Stack) -> Stack:
    """Give a stack taken here with where its work was started, if anybody wants that."""
    link = linking.link
    return stack if link is None else link(stack)


def link_stacks_through(link: Callable[[Stack], Stack] | None) -> None:
    """Have *link* finish each stack that :func:`capture_stack` takes; ``None`` ends it."""
    linking.link = link
