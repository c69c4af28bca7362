"""What a tap does where the program forks."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from .encoder import EventEncoder


class Forking(Protocol):
    """What has to know of forks."""

    def before_fork(self) -> None:
        """Rest, in the parent."""
        ...

    def after_fork(self) -> None:
        """Begin anew, in the child.

        Must take no lock: whoever held one in the parent does not exist there.
        """
        ...


class Waking:
    """Stands in for an encoder while the thread rests: the first event wakes it."""

    def __init__(self, encoder: EventEncoder, wake: Callable[[], None]) -> None:
        self._encoder = encoder
        self._wake = wake

    def __getattr__(self, name: str) -> Any:
        self._wake()
        return getattr(self._encoder, name)


def mind_forks(forking: Forking) -> None:
    """Call *forking* at each fork of this process, for as long as it exists."""
    _forking.add(forking)


def call_at_child_exit(close: Callable[[], object]) -> None:
    """Call *close* as this forked child ends, if it is one of multiprocessing.

    Those leave by ``os._exit``, past atexit.
    """
    if "multiprocessing.util" in sys.modules:
        sys.modules["multiprocessing.util"].Finalize(None, close, exitpriority=0)


_forking: weakref.WeakSet[Forking] = weakref.WeakSet()


def _before_fork() -> None:
    for each in list(_forking):
        each.before_fork()


def _after_fork_in_child() -> None:
    for each in list(_forking):
        each.after_fork()


os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
