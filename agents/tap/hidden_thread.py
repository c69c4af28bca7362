"""A thread that the program neither sees nor feels."""

from __future__ import annotations

import os
import sys

# All are taken now, as gevent and eventlet replace them in their modules later.
from _thread import allocate_lock, get_ident, get_native_id, start_new_thread
from collections.abc import Callable
from signal import SIG_BLOCK, pthread_sigmask, valid_signals
from time import monotonic, sleep


class HiddenThread:
    """Runs a function in a thread that is not in ``threading.enumerate()`` and gets no signals.

    A program may wait for all the threads it sees, count them, or block a signal
    in each of them in order to wait for it.  The thread does not outlive the interpreter.

    Args:
        run: What it runs, given this object; must not raise.
    """

    def __init__(self, run: Callable[[HiddenThread], None]) -> None:
        self._run = run
        self._native_id = 0
        self._over = allocate_lock()
        self._over.acquire()

    def start(self) -> None:
        """Start it, once.

        Raises:
            RuntimeError: There is no thread to be had.
        """
        start_new_thread(self._main, ())

    def hide(self) -> None:
        """Take back what ``threading.current_thread()`` has left, called in this thread."""
        threading = sys.modules.get("threading")
        if threading is not None:
            vars(threading).get("_active", {}).pop(get_ident(), None)

    def join(self, seconds: float) -> bool:
        """Wait until it has ended, at most *seconds*; whether it has."""
        deadline = monotonic() + seconds
        if not self._over.acquire(timeout=seconds):
            return False
        self._over.release()
        # Linux counts it for some microseconds more.
        while os.path.exists(f"/proc/self/task/{self._native_id}") and monotonic() < deadline:
            sleep(0.0001)
        return True

    def _main(self) -> None:
        try:
            pthread_sigmask(SIG_BLOCK, valid_signals())
            self._native_id = get_native_id()
            self._run(self)
        finally:
            self.hide()
            self._over.release()
