"""trio: the stacks of what a task does go on where the task was started in its nursery.

Nothing is hooked unless a front end wants that.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels import _origins as origins
from ._patch import Undo, hide_us, patch
from ._while_wanted import while_wanted


def install() -> Undo:
    """Have tasks remember where they were started, while a front end wants that."""
    return hook()


def hook(_library: str = "trio._core._run") -> Undo:
    """Have tasks remember where they were started, while a front end wants that."""
    # All of a nursery's ways to start a task come here, and the context is copied here.
    runner = import_module("trio._core._run").Runner
    return while_wanted(lambda: patch(runner, "spawn_impl", _wrap))


def _wrap(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def spawn_impl(self: Any, *args: Any, **kwargs: Any) -> Any:
        token = origins.current_origins.set(origins.starting("nursery.start_soon"))
        try:
            return original(self, *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            origins.current_origins.reset(token)

    return spawn_impl
