from __future__ import annotations

from types import CodeType

from tapscope.channels import Stack, capture_stack
from tapscope.channels._stack import DEPTH


def names(stack: Stack) -> list[str]:
    return [code.co_name for code in stack[::2] if isinstance(code, CodeType)]


def inner(skip: int = 0) -> Stack:
    return capture_stack(skip)


def outer(skip: int = 0) -> Stack:
    return inner(skip)


def test_a_stack_begins_with_the_caller() -> None:
    assert names(outer())[:3] == ["inner", "outer", "test_a_stack_begins_with_the_caller"]


def test_skipped_frames_are_left_out() -> None:
    assert names(outer(1))[0] == "outer"


def test_code_and_offset_take_turns_and_give_the_line() -> None:
    stack = inner()
    code, offset = stack[0], stack[1]
    assert isinstance(code, CodeType)
    assert isinstance(offset, int)
    line = list(code.co_positions())[offset // 2][0]
    assert line == inner.__code__.co_firstlineno + 1


def test_a_deep_stack_keeps_its_innermost_frames() -> None:
    def deep(count: int) -> Stack:
        return deep(count - 1) if count else capture_stack()

    assert names(deep(200)) == ["deep"] * DEPTH
