"""The one lock of the bus: whoever changes subscriptions holds it, publishers never do.

It is reentrant, since a signal handler or a finalizer may subscribe in the
middle of a subscribe of the same thread.  A fork waits for it, so that the
child never finds it held by a thread that it does not have.  A fork takes locks
in reverse order of registration, and who holds this one may take logging's.
"""

from __future__ import annotations

import logging  # noqa: F401  # pyright: ignore[reportUnusedImport]  # it registers its lock first
import os
import threading

lock = threading.RLock()


# Functions, not the lock's own methods: eventlet replaces locks that it finds by name.
def _hold() -> None:
    lock.acquire()


def _let_go() -> None:
    lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold, after_in_parent=_let_go, after_in_child=_let_go)
