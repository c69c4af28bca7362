"""asyncio and uvloop: stacks go on where the task, or the timer, that they run in was started.

Nothing is hooked unless a front end wants that.
"""

from __future__ import annotations

import functools
import sys
from _thread import get_ident
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

from ..channels import _origins as origins
from ._importing import hook_importable
from ._patch import Undo, hide_us, patch, report, undo_all
from ._while_wanted import while_wanted

_LOOPS = {"asyncio.base_events": "BaseEventLoop", "uvloop": "Loop"}

# Not call_soon(), which a loop calls for every step of every task.
_TIMERS = ("call_later", "call_at", "call_soon_threadsafe")


def install() -> Undo:
    """Have tasks and timers remember where they were started, while a front end wants that."""
    return hook_importable(_LOOPS, hook)


def hook(library: str = "asyncio.base_events") -> Undo:
    """Have those of the loop of *library* remember that, while a front end wants it."""
    loop = getattr(import_module(library), _LOOPS[library])
    return while_wanted(
        lambda: undo_all(
            [
                patch(loop, "create_task", _wrap_create_task),
                *(patch(loop, name, _wrap_timer) for name in _TIMERS),
            ]
        )
    )


def _wrap_create_task(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_task(*args: Any, **kwargs: Any) -> Any:
        # A context that the program gives is its own, and left as it is.
        if kwargs.get("context") is not None:
            return original(*args, **kwargs)
        caller = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        token = origins.current_origins.set(origins.starting("asyncio.create_task"))
        try:
            return _as_created(original(*args, **kwargs), caller)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            origins.current_origins.reset(token)

    return create_task


def _wrap_timer(original: Callable[..., Any]) -> Callable[..., Any]:
    description = f"loop.{original.__name__}"

    @functools.wraps(original)
    def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        token = None
        if kwargs.get("context") is None and not _is_waking(caller):
            # It may be another thread's loop.
            thread = getattr(self, "_thread_id", None) or get_ident()
            token = origins.current_origins.set(origins.starting(description, thread))
        try:
            return _as_created(original(self, *args, **kwargs), caller)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            if token is not None:
                origins.current_origins.reset(token)

    return start


def _is_waking(caller: FrameType) -> bool:
    """Whether asyncio itself calls a timer, which then only wakes somebody up."""
    name = caller.f_globals.get("__name__", "")
    is_asyncio = isinstance(name, str) and name.startswith("asyncio.")
    return is_asyncio and caller.f_code.co_name != "run_coroutine_threadsafe"


def _as_created(started: Any, caller: FrameType) -> Any:
    """Have debug mode tell of where *started* was created what it would tell without our frames."""
    try:
        created = getattr(started, "_source_traceback", None)
        if created:
            traceback = import_module("traceback")
            frames = traceback.walk_stack(caller)
            found = traceback.StackSummary.extract(frames, limit=len(created), lookup_lines=False)
            created[:] = reversed(found)
    except Exception:
        report("asyncio")
    return started
