"""Events of the bus to messages of the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgpack

from ...channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)
from ..link import messages
from ..link.codec import MAX_ITEMS, MAX_MESSAGE, connection_fields
from .queue import DroppedChunk, Event
from .stacks import StackTable

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
    """Gives events as bytes of the link, field by field as ``messages`` lists them.

    Any thread may call it, and so it runs in the one that published: there the
    event is at hand, and what would otherwise wait for the tap's thread is one
    object that the garbage collector need not look at.
    """

    def __init__(self) -> None:
        # One packer for all: packing holds the interpreter lock to its end.
        self._pack = msgpack.Packer(unicode_errors="replace").pack
        self._stacks = StackTable()
        self._encode: dict[type, Callable[[Any], bytes]] = {
            RequestStarted: self._start,
            ResponseStarted: self._headers,
            BodyChunk: self._chunk,
            DroppedChunk: self._dropped_chunk,
            ExchangeFinished: self._finish,
            ExchangeFailed: self._error,
        }

    def encode(self, event: Event) -> bytes:
        """Give *event*, and before it what it refers to.

        Raises:
            Exception: It holds what no message can hold.
        """
        encoded = self._encode[type(event)](event)
        if len(encoded) > MAX_MESSAGE:
            raise ValueError(f"a message may have {MAX_MESSAGE:,} bytes, not {len(encoded):,}")
        return encoded

    def _start(self, event: RequestStarted) -> bytes:
        number, frames = self._stacks.number(event.stack)
        try:
            packed = self._started(event, number)
        except Exception:
            self._stacks.forget(event.stack)
            raise
        return packed if frames is None else self._pack((_STACK, number, frames)) + packed

    def _started(self, event: RequestStarted, stack: int) -> bytes:
        packed: bytes = self._pack(
            (
                _START,
                event.id,
                event.at,
                event.method,
                event.url,
                event.headers[:MAX_ITEMS],
                stack,
                event.thread,
                event.parent,
                event.redirected_from,
            )
        )
        return packed

    def _headers(self, event: ResponseStarted) -> bytes:
        packed: bytes = self._pack(
            (
                _HEADERS,
                event.id,
                event.at,
                event.status,
                event.reason,
                event.protocol,
                event.headers[:MAX_ITEMS],
                connection_fields(event.connection) if event.connection else None,
                event.reused,
                event.send_start,
                event.send_end,
            )
        )
        return packed

    def _chunk(self, event: BodyChunk) -> bytes:
        data = event.data
        packed: bytes = self._pack((_CHUNK, event.id, event.at, len(data), data, event.sent))
        return packed

    def _dropped_chunk(self, event: DroppedChunk) -> bytes:
        packed: bytes = self._pack((_CHUNK, event.id, event.at, event.length, None, event.sent))
        return packed

    def _finish(self, event: ExchangeFinished) -> bytes:
        packed: bytes = self._pack(
            (_FINISH, event.id, event.at, event.encoded_length, event.complete)
        )
        return packed

    def _error(self, event: ExchangeFailed) -> bytes:
        kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(event.error).__mro__]
        canceled = not _CANCELLATIONS.isdisjoint(kinds)
        kind = kinds[0].removeprefix("builtins.")
        packed: bytes = self._pack((_ERROR, event.id, event.at, kind, _text(event.error), canceled))
        return packed


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_ERROR_TEXT]
    except Exception:  # the program's own __str__ may do anything
        return "(its text could not be had)"
