"""Events as the tap takes them, whatever their lifecycle, and the one that it makes itself."""

from __future__ import annotations

from typing import Protocol

from ...channels.http import BodyChunk


class Event(Protocol):
    """What any event of any lifecycle has."""

    id: int
    at: int


class Failed(Event, Protocol):
    """What every lifecycle publishes as its error."""

    error: BaseException


class DroppedChunk(BodyChunk):
    """A piece of a body whose bytes were dropped; *length* tells how many."""

    __slots__ = ("length",)

    def __init__(self, id: int, at: int, data: bytes, sent: bool, length: int) -> None:  # noqa: A002, FBT001
        super().__init__(id, at, data, sent)
        self.length: int = length
