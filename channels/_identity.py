"""What tells exchanges of all kinds apart, and which one is going on here."""

from __future__ import annotations

import itertools
from contextvars import ContextVar

_ids = itertools.count(1)


def next_id() -> int:
    """Give an id that no other exchange of this process has."""
    return next(_ids)


current_exchange: ContextVar[int | None] = ContextVar("tapscope_exchange", default=None)
"""The id of the exchange that what happens here is part of: the parent of the next one."""
