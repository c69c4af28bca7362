"""Events of the bus to messages of the link."""

from __future__ import annotations

from collections.abc import Callable

import msgpack

from ...channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    Headers,
    RequestStarted,
    ResponseStarted,
)
from ..link import messages
from ..link.codec import MAX_ITEMS, MAX_MESSAGE, connection_fields
from .queue import DroppedChunk
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
    """Gives events field by field as ``messages`` lists them.

    Any thread may call it, and so it runs in the one that published: there the
    event is at hand, and what would otherwise wait for the tap's thread is one
    object that the garbage collector need not look at.  Every method raises
    what it meets in an event that no message can hold.
    """

    def __init__(self) -> None:
        # One packer for all: packing holds the interpreter lock to its end.
        self._pack: Callable[[object], bytes] = msgpack.Packer(unicode_errors="replace").pack
        self._stacks = StackTable()

    def start(self, event: RequestStarted) -> bytes:
        """Give the start of an exchange, and before it the stack it refers to."""
        number, frames = self._stacks.number(event.stack)
        fields = (
            _START,
            event.id,
            event.at,
            event.method,
            event.url,
            _bounded(event.headers),
            number,
            event.thread,
            event.parent,
            event.redirected_from,
        )
        try:
            packed = _checked(self._pack(fields))
        except Exception:
            self._stacks.forget(event.stack)
            raise
        return packed if frames is None else self._pack((_STACK, number, frames)) + packed

    def headers(self, event: ResponseStarted) -> bytes:
        """Give the head of a response."""
        connection = event.connection
        return _checked(
            self._pack(
                (
                    _HEADERS,
                    event.id,
                    event.at,
                    event.status,
                    event.reason,
                    event.protocol,
                    _bounded(event.headers),
                    connection_fields(connection) if connection else None,
                    event.reused,
                    event.send_start,
                    event.send_end,
                )
            )
        )

    def body_chunk(self, event: BodyChunk) -> bytes:
        """Give a piece of a body."""
        data = event.data
        return self._pack((_CHUNK, event.id, event.at, len(data), data, event.sent))

    def dropped_chunk(self, event: DroppedChunk) -> bytes:
        """Give the length of a piece that was dropped."""
        return self._pack((_CHUNK, event.id, event.at, event.length, None, event.sent))

    def finish(self, event: ExchangeFinished) -> bytes:
        """Give the end of an exchange."""
        return self._pack((_FINISH, event.id, event.at, event.encoded_length, event.complete))

    def error(self, event: ExchangeFailed) -> bytes:
        """Give the failure of an exchange."""
        kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(event.error).__mro__]
        canceled = not _CANCELLATIONS.isdisjoint(kinds)
        kind = kinds[0].removeprefix("builtins.")
        return self._pack((_ERROR, event.id, event.at, kind, _text(event.error), canceled))


def _bounded(headers: Headers) -> Headers:
    return headers if len(headers) <= MAX_ITEMS else headers[:MAX_ITEMS]


def _checked(packed: bytes) -> bytes:
    if len(packed) > MAX_MESSAGE:
        raise ValueError(f"a message may have {MAX_MESSAGE:,} bytes, not {len(packed):,}")
    return packed


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_ERROR_TEXT]
    except Exception:  # the program's own __str__ may do anything
        return "(its text could not be had)"
