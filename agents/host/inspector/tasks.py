"""Async commands, as tasks of trio."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar, copy_context

import attrs
import trio

from ..api.guard import COMMAND, Guard
from ..protocol.errors import CommandError

MAX_TASKS = 2000
"""Of all commands and connections; those that can't be cancelled stay until they end."""

_of_domain: ContextVar[bool] = ContextVar("tapscope_of_domain", default=False)

_log = logging.getLogger("tapscope")


@attrs.frozen(eq=False)
class Tasks:
    """Runs async commands in a nursery that outlives whoever asked for them.

    Nobody waits for a command that does not end when it is cancelled.
    """

    _nursery: trio.Nursery

    def start(
        self, work: Callable[[], Awaitable[object]], seconds: float, late: Callable[[], object]
    ) -> Callable[[], object]:
        """Run *work* in a task; call this in the loop's thread, and also what it gives.

        Raises:
            CommandError: :data:`MAX_TASKS` are running.
        """
        if len(self._nursery.child_tasks) >= MAX_TASKS:
            raise CommandError("too much is running here already; wait for some of it to end")
        # Shielded, so that one scope alone ends it, and catches all that comes of that.
        scope = trio.CancelScope(shield=True)
        over = trio.Event()
        context = copy_context()
        context.run(_of_domain.set, True)
        context.run(self._nursery.start_soon, _run, work, scope, over)
        self._nursery.start_soon(_mind, seconds, scope, over, late)
        return scope.cancel

    @staticmethod
    async def wait(begin: Callable[[Callable[[], object]], Callable[[], object]]) -> None:
        """Wait for what *begin* begins."""
        done = trio.Event()
        token = trio.lowlevel.current_trio_token()

        def set_soon() -> None:
            with suppress(trio.RunFinishedError):
                token.run_sync_soon(done.set)

        end = begin(set_soon)
        try:
            await done.wait()
        finally:
            end()


class Steps(trio.abc.Instrument):
    """Has the guard's watch limit each step of a command's tasks, and of those that it starts."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._outer: object = None

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Begin a step."""
        if task.context.get(_of_domain) and self._guard.watch is not None:
            self._outer = self._guard.watch.enter(COMMAND)

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """End it."""
        if task.context.get(_of_domain) and self._guard.watch is not None:
            self._guard.watch.leave(self._outer)


async def _run(
    work: Callable[[], Awaitable[object]], scope: trio.CancelScope, over: trio.Event
) -> None:
    try:
        with scope:
            await work()
    except BaseException as error:  # SystemExit of a domain must not end the host
        _log.warning("what a command left running has failed: %s", type(error).__name__)
    finally:
        over.set()


async def _mind(
    seconds: float, scope: trio.CancelScope, over: trio.Event, late: Callable[[], object]
) -> None:
    with trio.move_on_after(seconds):
        await over.wait()
    if not over.is_set():
        scope.cancel()
        late()
