"""Events of the bus to messages of the link, in the tap's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from ..link import Encoder, messages
from ..link.codec import connection_fields
from .queue import DroppedChunk, Event
from .stacks import StackTable, WireFrame

_NUMBER = {kind: number for number, kind in enumerate(messages.MESSAGES)}
_STACK = _NUMBER[messages.StackDefined]
_START = _NUMBER[messages.RequestStarted]
_HEADERS = _NUMBER[messages.ResponseStarted]
_CHUNK = _NUMBER[messages.BodyChunk]
_FINISH = _NUMBER[messages.ExchangeFinished]
_ERROR = _NUMBER[messages.ExchangeFailed]

_CANCELLATIONS = {"asyncio.exceptions.CancelledError", "trio.Cancelled"}
MAX_ERROR_TEXT = 10_000


class EventEncoder:
    """Appends events to an :class:`Encoder`, field by field as ``messages`` lists them."""

    def __init__(self, encoder: Encoder) -> None:
        self._add = encoder.add
        self._stacks = StackTable(self._define_stack)
        self._encode: dict[type, Callable[[Any], None]] = {
            RequestStarted: self._start,
            ResponseStarted: self._headers,
            BodyChunk: self._chunk,
            DroppedChunk: self._dropped_chunk,
            ExchangeFinished: self._finish,
            ExchangeFailed: self._error,
        }

    def add(self, event: Event) -> None:
        """Append *event*, and before it what it refers to."""
        self._encode[type(event)](event)

    def _define_stack(self, number: int, frames: list[WireFrame]) -> None:
        self._add(_STACK, number, frames)

    def _start(self, event: RequestStarted) -> None:
        self._add(
            _START,
            event.id,
            event.at,
            event.method,
            event.url,
            event.headers,
            self._stacks.number(event.stack),
            event.thread,
            event.parent,
            event.redirected_from,
        )

    def _headers(self, event: ResponseStarted) -> None:
        self._add(
            _HEADERS,
            event.id,
            event.at,
            event.status,
            event.reason,
            event.protocol,
            event.headers,
            connection_fields(event.connection) if event.connection else None,
            event.reused,
            event.send_start,
            event.send_end,
        )

    def _chunk(self, event: BodyChunk) -> None:
        self._add(_CHUNK, event.id, event.at, len(event.data), event.data, event.sent)

    def _dropped_chunk(self, event: DroppedChunk) -> None:
        self._add(_CHUNK, event.id, event.at, event.length, None, event.sent)

    def _finish(self, event: ExchangeFinished) -> None:
        self._add(_FINISH, event.id, event.at, event.encoded_length, event.complete)

    def _error(self, event: ExchangeFailed) -> None:
        kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(event.error).__mro__]
        canceled = not _CANCELLATIONS.isdisjoint(kinds)
        kind = kinds[0].removeprefix("builtins.")
        self._add(_ERROR, event.id, event.at, kind, _text(event.error), canceled)


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_ERROR_TEXT]
    except Exception:  # the program's own __str__ may do anything
        return "(its text could not be had)"
