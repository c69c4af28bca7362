"""Where things are in the array that the link has for a message: its number, then its fields."""

from __future__ import annotations

from typing import Any

import attrs

from .messages import MESSAGES, Message

NUMBERS: dict[type[Message], int] = {kind: number for number, kind in enumerate(MESSAGES)}


def names_of(kind: type[Any]) -> tuple[str, ...]:
    """Give the names of the fields of a message, or of a part of one, in their order."""
    return tuple(field.name for field in attrs.fields(kind))


def place_of(kind: type[Message], name: str) -> int:
    """Tell where in the array of a message the field of that name is."""
    return 1 + names_of(kind).index(name)
