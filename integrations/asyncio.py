"""asyncio: the stacks of what a task does go on where the task was created.

Nothing is hooked unless a front end wants that.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels import _origins as origins
from ._patch import Undo, hide_us, patch, report
from ._while_wanted import while_wanted


def install() -> Undo:
    """Have tasks remember where they were created, while a front end wants that."""
    return hook()


def hook(_library: str = "asyncio.base_events") -> Undo:
    """Have tasks remember where they were created, while a front end wants that."""
    loop = import_module("asyncio.base_events").BaseEventLoop
    return while_wanted(lambda: patch(loop, "create_task", _wrap))


def _wrap(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_task(self: Any, coro: Any, *args: Any, **kwargs: Any) -> Any:
        # A context that the program gives is its own, and left as it is.
        if kwargs.get("context") is not None:
            return original(self, coro, *args, **kwargs)
        token = origins.current_origins.set(origins.starting("asyncio.create_task"))
        try:
            task = original(self, coro, *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            origins.current_origins.reset(token)
        _hide_in_debug_mode(task)
        return task

    return create_task


def _hide_in_debug_mode(task: Any) -> None:
    """Take our frame out of what asyncio's debug mode prints of where a task was created."""
    try:
        created = getattr(task, "_source_traceback", None)
        if created:
            created[:] = [entry for entry in created if entry.filename != __file__]
    except Exception:
        report("asyncio")
