"""The end of a host's process, whatever its domains have left running."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

PATIENCE = 5.0
"""Seconds that tasks, threads and functions to be called at exit get to end by themselves."""

_log = logging.getLogger(__name__)


def leave_soon(clean_up: Callable[[], object]) -> None:
    """Call *clean_up* and end the process if it is still there after :data:`PATIENCE`.

    A task that ignores its cancellation, or a thread that is no daemon, would
    otherwise keep it for ever.
    """
    last = threading.Timer(PATIENCE, _leave, [clean_up])
    last.daemon = True
    last.start()


def _leave(clean_up: Callable[[], object]) -> None:
    try:
        _log.warning("a domain has left something running that does not end")
        clean_up()
    finally:
        os._exit(0)
