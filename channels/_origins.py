"""Where the work was started that is going on: what lies beyond the outermost frame of a stack.

Kept only while somebody wants it, since each task that is started then costs a
stack.  A task finds its origins in its context; a thread has them itself, as
what it runs may bring along the context of a task of another thread.
"""

from __future__ import annotations

from _thread import _local, get_ident  # pyright: ignore[reportPrivateUsage]  # gevent replaces the other
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeAlias, cast

import attrs

from ._lock import lock
from ._stack import Stack, capture_stack, link_stacks_through

MOST = 32
"""How many origins are kept at most, however many are wanted."""


@attrs.define(eq=False)
class Origin:
    """The start of a task, or of a thread's work.

    Attributes:
        description: What started it: ``"asyncio.create_task"``.
        stack: Where.
        thread: The ident of the thread whose contexts have it.
    """

    description: str
    stack: Stack
    thread: int


Origins: TypeAlias = tuple[Origin, ...]
"""The nearest first.  No chain, which tasks that start tasks forever would make endless."""

current_origins: ContextVar[Origins] = ContextVar("tapscope_origins", default=())


class LinkedStack(list[object]):
    """A call stack with the origins of what runs there."""

    __slots__ = ("origins",)

    def __init__(self, stack: Stack, origins: Origins) -> None:
        super().__init__(stack)
        self.origins = origins


@attrs.define(eq=False)
class _Depth:
    """How many origins are wanted, and who is told when that begins and ends."""

    wanted: int = 0
    watchers: tuple[Callable[[bool], object], ...] = ()


class _OfThread(_local):
    origins: Origins = ()


_depth = _Depth()
_of_thread = _OfThread()


def want_origins(depth: int) -> None:
    """Keep so many origins from now on; 0 ends it."""
    with lock:
        before, _depth.wanted = _depth.wanted > 0, min(max(depth, 0), MOST)
        wanted = _depth.wanted > 0
        link_stacks_through(_linked if wanted else None)
        if wanted is not before:
            for watcher in _depth.watchers:
                watcher(wanted)


def origins_wanted() -> bool:
    """Whether any are wanted now."""
    return _depth.wanted > 0


def watch_wanted(watcher: Callable[[bool], object]) -> Callable[[], None]:
    """Call *watcher* with whether any are wanted, now and at each change, until that is called."""
    with lock:
        _depth.watchers = (*_depth.watchers, watcher)
        watcher(origins_wanted())

    def stop() -> None:
        with lock:
            _depth.watchers = tuple(kept for kept in _depth.watchers if kept is not watcher)

    return stop


def starting(description: str, thread: int | None = None) -> Origins:
    """Give the origins of what the caller's caller starts now, in a context of this *thread*."""
    origin = Origin(description, capture_stack(2)[:], thread or get_ident())
    return (origin, *origins_here())[: _depth.wanted]


def origins_here() -> Origins:
    """Give the origins of what runs here."""
    origins = current_origins.get()
    if origins and origins[0].thread == get_ident():
        return origins
    return _of_thread.origins or origins


def enter_thread(origins: Origins) -> Origins:
    """Take *origins* for those of this thread's work, and give those before."""
    before, _of_thread.origins = _of_thread.origins, origins
    return before


def _linked(stack: Stack) -> Stack:
    origins = origins_here()
    return cast("Stack", LinkedStack(stack, origins)) if origins else stack
