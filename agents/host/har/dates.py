"""Times as ISO 8601 has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import floor

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def iso(at: float) -> str:
    """Give the time *at*, in seconds since 1970, in UTC; parts of a millisecond are left out.

    Raises:
        OverflowError: There is no such date.
    """
    # Rounded before: no float is exactly a thousandth.
    time = _BEGINNING + timedelta(milliseconds=floor(round(at * 1000, 3)))
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
