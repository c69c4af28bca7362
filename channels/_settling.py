"""Following what somebody waits for until its outcome is there."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable, iscoroutine
from typing import Any, TypeVar

from ._driving import awaiting, drive
from ._outcome import error_of, note
from ._spans import Settling, Span

R = TypeVar("R")

_FUTURE = ("add_done_callback", "cancelled", "exception", "result")

_log = logging.getLogger("tapscope")


def follow(made: Any, span: Span) -> Any:
    """Give *made* as something to wait for, that ends *span* when its outcome is there."""
    if all(hasattr(made, method) for method in _FUTURE):
        made.add_done_callback(functools.partial(_settle_future, span))
        return made
    if isawaitable(made):
        return _resume(made, span)
    note(span.context, "result", made)
    _log.warning("trace_async called what gave %r, which can't be awaited", made)
    return made


async def settle(awaitable: Awaitable[R], span: Span, gave_way: Callable[[], object]) -> R:
    """Await *awaitable*, whose outcome ends *span*; *gave_way* is called when it first waits."""
    running = awaitable if iscoroutine(awaitable) else awaiting(awaitable)
    with Settling(span):
        result: R = await drive(running, gave_way)
        note(span.context, "result", result)
        return result


async def _resume(awaitable: Awaitable[R], span: Span) -> R:
    span.scope.resume()
    return await settle(awaitable, span, _publish_nothing)


def _settle_future(span: Span, future: Any) -> None:
    error = error_of(future)
    if error is None:
        note(span.context, "result", future.result())
    span.settle(error)


def _publish_nothing() -> None:
    pass
