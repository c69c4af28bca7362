"""Calling a C function as if from the line of the program that called us.

What C code warns of, and what an adapter or a converter in Python warns of
with ``stacklevel=2``, belongs to the line that the topmost frames are at, and is
shown or not by the module that this line is in.  A wrapper's frame would take
its place.  So the call is made by a stand-in: a frame with the file, the line, the
name and the globals of the program's own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType, FunctionType
from typing import Any

from ._patch import hide_us

REMEMBERED = 512
"""The most lines of a program that a stand-in is kept for."""

frame_at: Callable[[int], FrameType] = sys._getframe  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
"""Gives the frame so many calls above that of the function that asks."""

_MARK = "tapscope stand-in"

# All in one line, which becomes the program's.
_call = (lambda function, args, kwargs: function(*args, **kwargs)).__code__  # pyright: ignore[reportUnknownLambdaType]
# With the code object itself, since its id is free for another one when it is gone.
_stand_ins: dict[tuple[int, int], tuple[CodeType, CodeType]] = {}


def call_from(
    frame: FrameType, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """Call *function* so that *frame* seems to have called it."""
    code, line = frame.f_code, frame.f_lineno
    # By identity, since comparing code objects takes longer than making one.
    known = _stand_ins.get((id(code), line))
    stand_in = _make(code, line) if known is None else known[1]
    return FunctionType(stand_in, frame.f_globals)(function, args, kwargs)


def hide_call(error: BaseException) -> None:
    """Do what :func:`hide_us` does, where *error* comes out of :func:`call_from`."""
    hide_us(error)
    traceback = error.__traceback__
    if traceback is not None and traceback.tb_frame.f_code.co_qualname == _MARK:
        error.__traceback__ = traceback.tb_next


def _make(code: CodeType, line: int) -> CodeType:
    if len(_stand_ins) >= REMEMBERED:
        _stand_ins.clear()
    stand_in = _call.replace(
        co_filename=code.co_filename,
        co_name=code.co_name,
        co_qualname=_MARK,
        co_firstlineno=line or code.co_firstlineno,
    )
    _stand_ins[id(code), line] = code, stand_in
    return stand_in
