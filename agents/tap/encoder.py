"""Events of the bus to messages of the link."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from operator import index
from typing import Any, cast

import attrs
import msgpack

from ...channels import Stack
from ...channels.http import (
    BodyChunk,
    ExchangeFinished,
    Headers,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
)
from ...channels.log import RecordLogged
from ...channels.native import CallFailed
from ...channels.rendering import render
from ...channels.websocket import Frame, SocketClosed, SocketOpened, SocketOpening
from ..link import messages
from ..link.codec import MAX_ITEMS, MAX_MESSAGE, connection_fields
from ..link.layout import NUMBERS
from .events import DroppedChunk, Failed
from .generated import GeneratedTexts
from .reasons import reason_of
from .record_texts import MAX_TEXT, cut, inner_traceback, traceback_text
from .stacks import Definition, StackTable

_STACK = NUMBERS[messages.StackDefined]
_START = NUMBERS[messages.RequestStarted]
_HEADERS = NUMBERS[messages.ResponseStarted]
_CHUNK = NUMBERS[messages.BodyChunk]
_FINISH = NUMBERS[messages.ExchangeFinished]
_ERROR = NUMBERS[messages.ExchangeFailed]
_RECEIVED = NUMBERS[messages.RequestReceived]
_SENT = NUMBERS[messages.ResponseSent]
_WORK = NUMBERS[messages.WorkStarted]
_WORK_ANSWER = NUMBERS[messages.WorkAnswered]
_WORK_CHUNK = NUMBERS[messages.WorkChunk]
_WORK_FINISH = NUMBERS[messages.WorkFinished]
_OPENING = NUMBERS[messages.SocketOpening]
_OPENED = NUMBERS[messages.SocketOpened]
_FRAME = NUMBERS[messages.SocketFrame]
_CLOSED = NUMBERS[messages.SocketClosed]
_RECORD = NUMBERS[messages.RecordLogged]
_SOURCE = NUMBERS[messages.SourceTold]

_COMMON = frozenset({"id", "at", "stack", "thread", "parent"})
"""Attributes of events that messages have fields for."""

_CANCELLATIONS = {
    "asyncio.exceptions.CancelledError",
    "tapscope.channels.serving.ClientDisconnected",
    "trio.Cancelled",
}
MAX_FRAME = 1_000_000
"""Bytes of a frame's payload that are carried; of a longer one it is the first."""


class EventEncoder:
    """Gives events field by field as ``messages`` lists them.

    Any thread may call it, and so it runs in the one that published: there the
    event is at hand, and what would otherwise wait for the tap's thread is one
    object that the garbage collector need not look at.  Every method raises
    what it meets in an event that no message can hold.

    Attributes:
        max_text: Characters of one text; of a longer one it is the beginning, of a
            traceback the end, with a word about the rest.
    """

    __slots__ = ("_pack", "_stacks", "_texts", "max_text")

    def __init__(self) -> None:
        self.max_text: int = MAX_TEXT
        # One packer for all: packing holds the interpreter lock to its end.
        self._pack: Callable[[object], bytes] = msgpack.Packer(unicode_errors="replace").pack
        self._stacks = StackTable()
        self._texts = GeneratedTexts()

    def start(self, event: RequestStarted) -> bytes:
        """Give the start of an exchange, and before it the stack it refers to."""
        number, stacks = self._stacks.number(event.stack)
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
        return self._with_stack(stacks, fields)

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
                    event.from_cache,
                    event.early_hints and _bounded(event.early_hints),
                )
            )
        )

    def request_received(self, event: RequestReceived) -> bytes:
        """Give the start of an incoming exchange, and before it the stack it refers to."""
        number, stacks = self._stacks.number(event.stack)
        connection = event.connection
        fields = (
            _RECEIVED,
            event.id,
            event.at,
            event.method,
            event.url,
            _bounded(event.headers),
            number,
            event.thread,
            event.parent,
            event.protocol,
            connection_fields(connection) if connection else None,
            event.endpoint,
        )
        return self._with_stack(stacks, fields)

    def response_sent(self, event: ResponseSent) -> bytes:
        """Give the head of an outgoing response."""
        headers = _bounded(event.headers)
        fields = (_SENT, event.id, event.at, event.status, event.reason, headers, event.endpoint)
        return _checked(self._pack(fields))

    def work_started(self, event: Any, lifecycle: str) -> bytes:
        """Give the start of an exchange of any other lifecycle, and its stack if it has one."""
        stack: Stack = getattr(event, "stack", ())
        number, stacks = self._stacks.number(stack)
        parent = getattr(event, "parent", None)
        fields = (
            _WORK,
            index(event.id),
            index(event.at),
            lifecycle,
            number,
            str(getattr(event, "thread", "")),
            None if parent is None else index(parent),
            self._rest(event),
        )
        return self._with_stack(stacks, fields)

    def work_answered(self, event: Any) -> bytes:
        """Give the first that is known of its outcome."""
        return self._pack((_WORK_ANSWER, index(event.id), index(event.at), self._rest(event)))

    def work_chunk(self, event: Any) -> bytes:
        """Give a piece of it."""
        return self._pack((_WORK_CHUNK, index(event.id), index(event.at), self._rest(event)))

    def dropped_work_chunk(self, event: Any) -> bytes:
        """Give word of a piece that was dropped."""
        return self._pack((_WORK_CHUNK, index(event.id), index(event.at), None))

    def work_finished(self, event: Any) -> bytes:
        """Give its end."""
        return self._pack((_WORK_FINISH, index(event.id), index(event.at), self._rest(event)))

    def socket_opening(self, event: SocketOpening, lifecycle: str) -> bytes:
        """Give the start of a WebSocket's handshake, and before it the stack it refers to."""
        number, stacks = self._stacks.number(event.stack)
        headers = _bounded(event.headers)
        fields = (
            _OPENING,
            event.id,
            event.at,
            lifecycle,
            event.url,
            headers,
            number,
            event.thread,
            event.parent,
        )
        return self._with_stack(stacks, fields)

    def socket_opened(self, event: SocketOpened) -> bytes:
        """Give the answer to a WebSocket's handshake."""
        headers = _bounded(event.headers)
        fields = (_OPENED, event.id, event.at, event.status, event.reason, headers)
        return _checked(self._pack((*fields, event.subprotocol)))

    def socket_frame(self, event: Frame) -> bytes:
        """Give a frame, with no more of a long payload than its beginning."""
        data = event.data.encode() if isinstance(event.data, str) else event.data
        return self._frame(event, memoryview(data)[:MAX_FRAME], len(data))

    def dropped_frame(self, event: Frame) -> bytes:
        """Give a frame without its payload."""
        return self._frame(event, b"", len(event.data))

    def socket_closed(self, event: SocketClosed) -> bytes:
        """Give the end of a WebSocket."""
        fields = (_CLOSED, event.id, event.at, index(event.code), event.reason, event.clean)
        return self._pack(fields)

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

    def error(self, event: Failed) -> bytes:
        """Give the failure of an exchange."""
        kinds = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(event.error).__mro__]
        canceled = not _CANCELLATIONS.isdisjoint(kinds)
        kind = kinds[0].removeprefix("builtins.")
        number, at = index(event.id), index(event.at)
        text = _text(event.error, self.max_text)
        fields = (_ERROR, number, at, kind, text, canceled)
        inner = ""
        if isinstance(event, CallFailed):
            inner = inner_traceback(event.error, self.max_text)
        return self._pack((*fields, reason_of(event.error), inner))

    def record(self, event: RecordLogged) -> bytes:
        """Give what the program has logged, and before it the stack it refers to."""
        number, stacks = self._stacks.number(event.stack)
        error = event.error
        fields = (
            _RECORD,
            event.at,
            index(event.level),
            cut(event.level_name, 100),
            cut(event.logger, 1000),
            cut(event.message, self.max_text),
            number,
            event.thread,
            event.parent,
            None if error is None else traceback_text(error, self.max_text),
        )
        return self._with_stack(stacks, fields)

    def _frame(self, event: Frame, data: bytes | memoryview, length: int) -> bytes:
        fields = (_FRAME, event.id, event.at, index(event.opcode), data, length)
        return self._pack((*fields, event.sent, event.final, event.encoded_length))

    def _with_stack(self, stacks: list[Definition] | None, fields: tuple[object, ...]) -> bytes:
        """Pack *fields*, after the stacks that are to be defined for them."""
        try:
            packed = _checked(self._pack(fields))
        except Exception:
            self._stacks.forget(stacks or [])
            raise
        if stacks is None:
            return packed
        texts = self._texts.of(frame[1] for each in stacks for frame in each[1])
        sources = [self._pack((_SOURCE, *text)) for text in texts]
        return b"".join([*sources, *(self._pack((_STACK, *each)) for each in stacks), packed])

    def _rest(self, event: Any) -> bytes:
        """Render and pack what no field of a message is made for."""
        names = _rest_of(cast("Hashable", type(event)))
        return self._pack({name: render(getattr(event, name)) for name in names})


@functools.cache
def _rest_of(kind: Hashable) -> tuple[str, ...]:
    """Give the attributes of an event's class that are its own."""
    fields = attrs.fields(cast("type[Any]", kind))
    return tuple(field.name for field in fields if field.name not in _COMMON)


def _bounded(headers: Headers) -> Headers:
    return headers if len(headers) <= MAX_ITEMS else headers[:MAX_ITEMS]


def _checked(packed: bytes) -> bytes:
    if len(packed) > MAX_MESSAGE:
        raise ValueError(f"a message may have {MAX_MESSAGE:,} bytes, not {len(packed):,}")
    return packed


def _text(error: BaseException, limit: int) -> str:
    try:
        return cut(error, limit)
    except Exception:  # the program's own __str__ may do anything
        return "(its text could not be had)"
