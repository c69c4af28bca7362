from __future__ import annotations

import sys
from collections.abc import Sequence
from types import CodeType, FrameType
from typing import TypeAlias

Stack: TypeAlias = Sequence[CodeType | int]
"""A call stack, innermost frame first: code object, offset into it, code object, offset ...

Lines are not looked up here: that costs more than everything else about an
event, and can be done later by whoever shows the stack (``CodeType.co_positions``).
"""

DEPTH = 64
"""The most frames a stack holds; the outermost are left out."""


def capture_stack(skip: int = 0) -> Stack:
    """Take the call stack of the caller, without its innermost *skip* frames."""
    stack: list[CodeType | int] = []
    # inspect.currentframe() would do a call more and give the same.
    frame: FrameType | None = sys._getframe(skip + 1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    for _ in range(DEPTH):
        if frame is None:
            break
        stack += frame.f_code, frame.f_lasti
        frame = frame.f_back
    return stack
