"""A loop in a thread of its own, for the async commands of a host that has none."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress

import trio

from .tasks import Tasks

Job = Callable[[Tasks], object]


class LoopThread:
    """Runs async commands in trio, in a daemon thread, from the first one on.

    Args:
        lock: Held in each step of a task, so that what the tasks do to the host is
            done as by one thread; whoever waits for them must not hold it.
    """

    def __init__(self, lock: AbstractContextManager[object]) -> None:
        self._lock = lock
        self._jobs: deque[Job] = deque()
        self._closed = trio.Event()
        self._drain: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._main, name="tapscope commands", daemon=True)
        self._thread.start()

    def start(
        self, work: Callable[[], Awaitable[object]], seconds: float, late: Callable[[], object]
    ) -> Callable[[], object]:
        """Run *work* in the thread; any thread may call this, and what it gives."""
        cancels: list[Callable[[], object]] = []

        def begin(tasks: Tasks) -> None:
            cancels.append(tasks.start(work, seconds, late))

        def cancel(_: Tasks) -> None:
            for end in cancels:
                end()

        self._soon(begin)
        return lambda: self._soon(cancel)

    async def wait(self, begin: Callable[[Callable[[], object]], Callable[[], object]]) -> None:
        """Wait for what *begin* begins; in one of the tasks."""
        await Tasks.wait(begin)

    def close(self, seconds: float = 1.0) -> None:
        """End the thread, or leave it behind if a command does not end in time."""
        self._soon(lambda _: self._closed.set())
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def _soon(self, job: Job) -> None:
        self._jobs.append(job)
        if self._drain is not None:
            with suppress(trio.RunFinishedError):
                self._drain()

    def _main(self) -> None:
        trio.run(self._serve, instruments=[_Locking(self._lock)])

    async def _serve(self) -> None:
        token = trio.lowlevel.current_trio_token()
        async with trio.open_nursery() as nursery:
            tasks = Tasks(nursery)

            def drain() -> None:
                while self._jobs:
                    self._jobs.popleft()(tasks)

            self._drain = lambda: token.run_sync_soon(drain, idempotent=True)
            drain()
            await self._closed.wait()
            nursery.cancel_scope.cancel()


class _Locking(trio.abc.Instrument):
    def __init__(self, lock: AbstractContextManager[object]) -> None:
        self._lock = lock

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        del task
        self._lock.__enter__()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        del task
        self._lock.__exit__(None, None, None)
