from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from importlib.util import find_spec
from types import CodeType, FrameType
from typing import Any

import pytest

from tapscope.channels import Stack, capture_stack
from tapscope.channels._stack import DEPTH, stack_of
from tests.without_c import without_c


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


def test_a_stack_without_c_is_the_same() -> None:
    """Of a frame of any depth, and of none."""

    def frames(count: int) -> FrameType | None:
        return frames(count - 1) if count else inspect.currentframe()

    def taken(take: Callable[[FrameType | None], Stack], frame: FrameType | None) -> Stack:
        # Where the caller is depends on whether it calls Python or C.
        return take(frame)

    plain = without_c("tapscope.channels._stack", "tapscope.channels._frames")
    for frame in (frames(0), frames(DEPTH - 1), frames(DEPTH), None):
        stacks = [taken(take, frame) for take in (plain.stack_of, stack_of)]
        assert stacks[0] == stacks[1]
    assert inspect.isfunction(plain.stack_of)


@pytest.mark.skipif(
    "CI" not in os.environ and find_spec("tapscope.channels._frames") is None,
    reason="tapscope was installed without a compiler",
)
def test_only_frames_have_stacks() -> None:
    not_a_frame: Any = "a frame"
    with pytest.raises(TypeError, match="expected a frame or None, not 'a frame'"):
        stack_of(not_a_frame)
