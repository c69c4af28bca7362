"""A server's loop in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def threaded(run: Callable[[], object], stop: Callable[[], object]) -> Generator[None]:
    """Have *run* run while inside, until *stop* makes it return."""
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()
