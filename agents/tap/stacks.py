"""Stacks, sent once and referred to by number after that."""

from __future__ import annotations

import os.path
from itertools import count, islice
from operator import is_
from types import CodeType
from typing import cast

from ...channels import Stack
from ...channels._origins import LinkedStack
from ..link.messages import MAX_STACKS

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_OWN = tuple(os.path.join(_PACKAGE, part, "") for part in ("channels", "agents", "integrations"))

WireFrame = tuple[str, str, int, int]
Definition = tuple[int, list[WireFrame], int, str]
"""The fields of a ``StackDefined``."""
_Key = tuple[object, ...]

_NO_STACK: tuple[Stack, int] = ((-1,), 0)


class StackTable:
    """Gives each distinct stack a number, and its frames the first time.

    It remembers :data:`MAX_STACKS`; the same stack is new again after that.
    tapscope's own frames are left out: the program did not write them.
    """

    __slots__ = ("_kept", "_last", "_latest", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[_Key, int] = {}
        # Identity is the key, as comparing code objects by value is slow; so
        # they must live on, or another could take the same identity.
        self._kept: list[Stack] = []
        self._last = count(1)
        # Programs ask in loops, and comparing takes a third of what making a key takes.
        self._latest: tuple[Stack, int] = _NO_STACK

    def number(self, stack: Stack) -> tuple[int, list[Definition] | None]:
        """Give the number of *stack*, and what is to be told first if the number is a new one."""
        if type(stack) is LinkedStack:
            return self._linked(stack)
        latest, number = self._latest
        # Equal code need not be the same: a file's name is no part of it.
        if stack == latest and all(map(is_, stack[::2], latest[::2])):
            return number, None
        number, definition = self._define(stack, _key(stack), 0, "")
        self._latest = stack, number
        return number, None if definition is None else [definition]

    def forget(self, definitions: list[Definition]) -> None:
        """Take note that these did not get through."""
        self._latest = _NO_STACK
        numbers = {definition[0] for definition in definitions}
        for key in [key for key, number in self._numbers.items() if number in numbers]:
            del self._numbers[key]

    def _linked(self, stack: LinkedStack) -> tuple[int, list[Definition] | None]:
        """Give the number of a stack that has parents; theirs are told before it."""
        parent, new = 0, list[Definition]()
        links = [(origin.description, origin.stack) for origin in reversed(stack.origins)]
        for description, part in [*links, ("", cast("Stack", stack))]:
            key = (*_key(part), parent, description)
            parent, definition = self._define(part, key, parent, description)
            if definition is not None:
                new.append(definition)
        return parent, new or None

    def _define(
        self, stack: Stack, key: _Key, parent: int, description: str
    ) -> tuple[int, Definition | None]:
        number = self._numbers.get(key)
        if number is not None:
            return number, None
        if len(self._numbers) >= MAX_STACKS:
            self._numbers.clear()
            self._kept.clear()
        self._kept.append(stack)
        number = self._numbers[key] = next(self._last)
        return number, (number, _frames(stack), parent, description)


def _key(stack: Stack) -> tuple[tuple[int, ...], tuple[object, ...]]:
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
