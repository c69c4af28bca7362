"""What of a program its host may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__tapscope_remote__"


def remote(function: F) -> F:
    """Let the host call *function*, a module's own, as a domain's command asks for it.

    It is called by keywords, in a thread of its own.  Arguments and result are
    plain: ``None``, booleans, numbers, texts, bytes, lists, and mappings of texts
    to those.  What it raises is the command's error.
    """
    setattr(function, _MARK, True)
    return function


def is_remote(function: object) -> bool:
    """Whether :func:`remote` has marked *function*."""
    return getattr(function, _MARK, False) is True
