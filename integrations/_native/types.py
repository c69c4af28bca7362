"""What objects are, whatever they say of themselves."""

from __future__ import annotations

from typing import Any


def type_of(value: object) -> Any:
    """Give the real type of *value*, whose attributes may be any."""
    return type(value)
