"""What tells exchanges of all kinds apart, and where each is going on."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exchange import Operation

next_id: Callable[[], int] = itertools.count(1).__next__
"""Gives an id that no other exchange of this process has."""


def thread_name() -> str:
    """Give the name of the thread this runs in; empty if ``threading`` does not know it."""
    return name_of_thread(threading.get_ident())


def name_of_thread(ident: int) -> str:
    """Give the name of a thread; empty if ``threading`` does not know it."""
    # current_thread() would enter such a thread in its list, and programs count that.
    thread = threads.get(ident)
    return thread.name if thread is not None else ""


# The very list that threading keeps, which nothing public gives without copying it.
threads: Mapping[int, threading.Thread] = vars(threading)["_active"]

current_exchange: ContextVar[int | None] = ContextVar("tapscope_exchange", default=None)
"""The id of the exchange that what happens here is part of: the parent of the next one."""

operations: ContextVar[Operation | None] = ContextVar("tapscope_operation", default=None)
"""The outermost operation that is open here."""
