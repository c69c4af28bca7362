"""Stacks, sent once and referred to by number after that."""

from __future__ import annotations

import os.path
from collections.abc import Callable
from itertools import islice
from types import CodeType

from ...channels import Stack

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_OWN = tuple(os.path.join(_PACKAGE, part, "") for part in ("channels", "agents", "integrations"))

MAX_STACKS = 4096
"""How many are remembered; the same stack is sent again after that."""

WireFrame = tuple[str, str, int, int]


class StackTable:
    """Gives each distinct stack a number, and tells *define* about it the first time.

    tapscope's own frames are left out: the program did not write them.
    """

    def __init__(self, define: Callable[[int, list[WireFrame]], None]) -> None:
        self._define = define
        self._numbers: dict[tuple[tuple[int, ...], tuple[object, ...]], int] = {}
        # Identity is the key, as comparing code objects by value is slow; so
        # they must live on, or another could take the same identity.
        self._kept: list[Stack] = []
        self._last = 0

    def number(self, stack: Stack) -> int:
        """Give the number of *stack*."""
        key = (tuple(map(id, stack[::2])), tuple(stack[1::2]))
        number = self._numbers.get(key)
        if number is None:
            number = self._add(stack)
            self._numbers[key] = number
        return number

    def _add(self, stack: Stack) -> int:
        if len(self._numbers) >= MAX_STACKS:
            self._numbers.clear()
            self._kept.clear()
        self._kept.append(stack)
        self._last += 1
        self._define(self._last, _frames(stack))
        return self._last


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
