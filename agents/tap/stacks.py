"""Stacks, sent once and referred to by number after that."""

from __future__ import annotations

import os.path
from itertools import count, islice
from types import CodeType

from ...channels import Stack
from ..link.messages import MAX_STACKS

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_OWN = tuple(os.path.join(_PACKAGE, part, "") for part in ("channels", "agents", "integrations"))

WireFrame = tuple[str, str, int, int]
_Key = tuple[tuple[int, ...], tuple[object, ...]]


class StackTable:
    """Gives each distinct stack a number, and its frames the first time.

    It remembers :data:`MAX_STACKS`; the same stack is new again after that.
    tapscope's own frames are left out: the program did not write them.
    """

    def __init__(self) -> None:
        self._numbers: dict[_Key, int] = {}
        # Identity is the key, as comparing code objects by value is slow; so
        # they must live on, or another could take the same identity.
        self._kept: list[Stack] = []
        self._last = count(1)

    def number(self, stack: Stack) -> tuple[int, list[WireFrame] | None]:
        """Give the number of *stack*, and its frames if the number is a new one."""
        key = _key(stack)
        number = self._numbers.get(key)
        if number is not None:
            return number, None
        if len(self._numbers) >= MAX_STACKS:
            self._numbers.clear()
            self._kept.clear()
        self._kept.append(stack)
        number = self._numbers[key] = next(self._last)
        return number, _frames(stack)

    def forget(self, stack: Stack) -> None:
        """Take note that the frames of *stack* did not get through."""
        self._numbers.pop(_key(stack), None)


def _key(stack: Stack) -> _Key:
    return (tuple(map(id, stack[::2])), tuple(stack[1::2]))


def _frames(stack: Stack) -> list[WireFrame]:
    return [
        _frame(code, offset)
        for code, offset in zip(stack[::2], stack[1::2], strict=True)
        if isinstance(code, CodeType)
        and isinstance(offset, int)
        and not code.co_filename.startswith(_OWN)
    ]


def _frame(code: CodeType, offset: int) -> WireFrame:
    position = next(islice(code.co_positions(), max(offset, 0) // 2, None), None)
    line, column = (position[0], position[2]) if position else (None, None)
    return (code.co_qualname, code.co_filename, line or code.co_firstlineno, column or 0)
