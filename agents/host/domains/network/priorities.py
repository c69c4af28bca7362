"""How urgent a request says it is (RFC 9218)."""

from __future__ import annotations

import re

from ...content.headers import HeaderPairs, find_header
from .types import ResourcePriority

_URGENCY = re.compile(r"(?:^|[,\s])u=([0-7])(?:$|[,;\s])")

# As Chrome writes its own priorities into that header.
_PRIORITIES: tuple[ResourcePriority, ...] = ("VeryHigh", "High", "Medium", "Low")


def priority(headers: HeaderPairs) -> ResourcePriority:
    """Give the priority that a request with these *headers* asks for; high if it asks for none."""
    found = _URGENCY.search(find_header(headers, "priority"))
    if found is None:
        return "High"
    urgency = int(found[1])
    return _PRIORITIES[urgency] if urgency < len(_PRIORITIES) else "VeryLow"
