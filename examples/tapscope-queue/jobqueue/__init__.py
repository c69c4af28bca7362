"""A small job queue: functions that are called in a thread, one after the other.

It publishes what happens to its jobs, the lifecycle ``jobqueue.job``, and does
not know who listens.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any
from weakref import WeakSet

import attrs
from tapscope.channels import lifecycle

jobs = lifecycle("jobqueue.job")
"""A job starts when it is submitted, has ``headers`` once it runs, and finishes or fails."""

_queues: WeakSet[Queue] = WeakSet()


@attrs.frozen(eq=False)
class _Job:
    """A call that is still to be made."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    future: Future[Any]
    # Any: channels give one that does nothing while nobody listens.
    exchange: Any

    def run(self) -> None:
        """Call the function, and tell how that went."""
        if not self.future.set_running_or_notify_cancel():
            self.exchange.error(RuntimeError("the job was cancelled"))
            return
        self.exchange.headers({"worker": threading.current_thread().name})
        try:
            result = self.function(*self.arguments)
        except BaseException as error:  # it is the future's
            self.exchange.error(error)
            self.future.set_exception(error)
        else:
            self.exchange.finish(result)
            self.future.set_result(result)


class Queue(AbstractContextManager["Queue"]):
    """Runs jobs in a thread of its own; leaving the block waits for all of them.

    Attributes:
        name: For people, and to find it by.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._paused = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"queue {name}", daemon=True)
        self._thread.start()
        _queues.add(self)

    @property
    def paused(self) -> bool:
        """Whether it begins no jobs."""
        return self._paused

    @property
    def waiting(self) -> int:
        """How many jobs have not begun."""
        return len(self._jobs)

    def submit(self, title: str, function: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Have *function* called; give what its result will be in.

        Raises:
            RuntimeError: The queue is closed.
        """
        with self._changed:
            if self._closed:
                raise RuntimeError(f"the queue {self.name!r} is closed and takes no {title!r}")
            exchange = jobs.exchange(title, {"queue": self.name, "arguments": arguments})
            exchange.start(skip=1)
            job = _Job(function, arguments, Future(), exchange)
            self._jobs.append(job)
            self._changed.notify_all()
        return job.future

    def pause(self) -> None:
        """Begin no more jobs; the one that runs goes on."""
        self._set_paused(True)

    def resume(self) -> None:
        """Begin jobs again."""
        self._set_paused(False)

    def close(self) -> None:
        """Run what has been submitted, paused or not, and end; a second call does nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def __exit__(self, *error: object) -> None:
        self.close()

    def _set_paused(self, paused: bool) -> None:
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def _work(self) -> None:
        while job := self._next():
            job.run()

    def _next(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._jobs and not self._paused))
            return self._jobs.popleft() if self._jobs else None


def queues() -> list[Queue]:
    """Give the queues that there are, by name."""
    return sorted(_queues, key=lambda queue: queue.name)
