"""Where a program waits until a front end lets it go on."""

from __future__ import annotations

import contextlib

# Taken now, as gevent and eventlet replace it in its module later.
from _thread import allocate_lock


class Gate:
    """Closed at first; also the first to come after it was opened finds it open."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Be closed and have nobody waiting, whatever was before."""
        self._lock = allocate_lock()
        self._lock.acquire()

    def open(self) -> None:
        """Let go who waits, or the next one."""
        with contextlib.suppress(RuntimeError):  # open already
            self._lock.release()

    def wait(self) -> None:
        """Block until it is opened, and close it again."""
        self._lock.acquire()
