"""Events of the bus to messages of the link, without what the program's rules hide.

Heads are redacted in the thread that published them, as they are small and have
to be there at once.  Bodies are kept back: they are looked through as a whole, in
the tap's thread, when their exchange has ended.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import Any, Protocol, TypeVar, cast

import attrs
import msgpack

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
from ...channels.websocket import Frame, SocketClosed, SocketOpened, SocketOpening
from ..link import messages
from ..link.messages import Returned
from ..link.plain import pack, unpack
from ..redaction.bodies import MAX_BODY
from ..redaction.mark import withheld
from ..redaction.redactor import Redactor
from ..redaction.rules import Rules
from .encoder import EventEncoder
from .holding import Body, Holding
from .queue import DroppedChunk, Failed
from .record_texts import traceback_text

_NUMBER = {kind: number for number, kind in enumerate(messages.MESSAGES)}
_CHUNK = _NUMBER[messages.BodyChunk]
_FRAME = _NUMBER[messages.SocketFrame]

_TEXT_FRAME = 1
_BINARY_FRAME = 2
_CLOSE_FRAME = 8
_ERROR_TEXT = 4
"""Which field of a message that is."""
_TRACEBACK = 9
"""Likewise."""


E = TypeVar("E")

HEADERS = frozenset({"headers", "early_hints"})
_URLS = frozenset({"url"})
_TEXTS = frozenset({"message", "reason"})


class _Head(Protocol):
    """An event with a head."""

    id: int
    headers: Headers


@attrs.frozen
class _Places:
    """Which of an event's fields are what."""

    headers: tuple[int, ...]
    urls: tuple[int, ...]
    texts: tuple[int, ...]


@functools.cache
def _values_of(kind: Hashable) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(field.name for field in attrs.fields(cast("type[Any]", kind))))


@functools.cache
def _places_of(kind: Hashable) -> _Places:
    names = [field.name for field in attrs.fields(cast("type[Any]", kind))]
    # A status has a reason, too, which is nobody's secret.
    texts = frozenset[str]() if HEADERS & {*names} else _TEXTS
    wanted = (HEADERS, _URLS, texts)
    return _Places(*(tuple(map(names.index, each & {*names})) for each in wanted))


class Deferred(bytes):
    """Stands in the queue for bytes that are made where they are taken out of it."""

    make: Callable[[], bytes]
    size: int

    @classmethod
    def of(cls, make: Callable[[], bytes], size: int) -> Deferred:
        """Stand for what *make* gives; until then *size* bytes are held."""
        deferred = cls()
        deferred.make, deferred.size = make, size
        return deferred

    def __len__(self) -> int:
        return self.size


def released(encoded: bytes | None) -> bytes | None:
    """Give what was taken from the queue, made now if it was deferred."""
    return encoded.make() if isinstance(encoded, Deferred) else encoded


class RedactingEncoder(EventEncoder):
    """Gives events as :class:`EventEncoder` does; theirs are copies that hide what is to be."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor
        self._url = redactor.url
        self._headers = redactor.headers.shown
        self._text = redactor.texts.shown
        self._packed: Callable[[object], bytes] = msgpack.Packer(unicode_errors="replace").pack
        self._held = Holding(redactor)

    def start(self, event: RequestStarted) -> bytes:
        """Give the start of an exchange."""
        self._expect(event, sent=True)
        return super().start(self._copy(event))

    def headers(self, event: ResponseStarted) -> bytes:
        """Give the head of a response."""
        self._expect(event, sent=False)
        return super().headers(self._copy(event))

    def request_received(self, event: RequestReceived) -> bytes:
        """Give the start of an incoming exchange."""
        self._expect(event, sent=False)
        return super().request_received(self._copy(event))

    def response_sent(self, event: ResponseSent) -> bytes:
        """Give the head of an outgoing response."""
        self._expect(event, sent=True)
        return super().response_sent(self._copy(event))

    def body_chunk(self, event: BodyChunk) -> bytes:
        """Give a piece of a body, or nothing if it is kept back."""
        if not self._redactor.reads_bodies:
            return super().body_chunk(event)
        body = self._held.body(event.id, event.sent)
        if body is None:
            return super().body_chunk(event)
        data = self._held.add(body, event)
        if body.stream is None:
            return b""
        return Deferred.of(lambda: self._streamed(event, body, data), len(data))

    def dropped_chunk(self, event: DroppedChunk) -> bytes:
        """Give word of a piece that was dropped, unless the body is kept back."""
        if self._redactor.reads_bodies:
            body = self._held.body(event.id, event.sent)
            if body is not None and body.stream is None:
                body.lose(event.length, event.at)
                return b""
        return super().dropped_chunk(event)

    def finish(self, event: ExchangeFinished) -> bytes:
        """Give the end of an exchange, after its bodies."""
        end = super().finish(event)
        return self._after_bodies(event.id, lambda: end, len(end))

    def error(self, event: Failed) -> bytes:
        """Give the failure of an exchange, after its bodies."""
        [message] = unpack(super().error(event))

        def end() -> bytes:
            message[_ERROR_TEXT] = self._text(message[_ERROR_TEXT])
            return self._packed(message)

        return self._after_bodies(event.id, end, len(message[_ERROR_TEXT]))

    def work_answered(self, event: Any) -> bytes:
        """Give the first that is known of some work's outcome."""
        self._held.columns(event.id, getattr(event, "columns", ()))
        return super().work_answered(event)

    def work_finished(self, event: Any) -> bytes:
        """Give the end of some work."""
        self._held.forget(event.id)
        return super().work_finished(event)

    def socket_opening(self, event: SocketOpening, lifecycle: str) -> bytes:
        """Give the start of a WebSocket's handshake."""
        return super().socket_opening(self._copy(event), lifecycle)

    def socket_opened(self, event: SocketOpened) -> bytes:
        """Give the answer to a WebSocket's handshake."""
        return super().socket_opened(self._copy(event))

    def socket_frame(self, event: Frame) -> bytes:
        """Give a frame."""
        if not self._redactor.reads_bodies:
            return super().socket_frame(event)
        data = event.data.encode() if isinstance(event.data, str) else bytes(event.data)
        if event.opcode == _CLOSE_FRAME:
            return self._frame_of(event, data[:2] + self._redactor.bodies.message(data[2:]), data)
        is_text = event.opcode == _TEXT_FRAME or data.lstrip()[:1] in (b"{", b"[")
        if event.opcode in {_TEXT_FRAME, _BINARY_FRAME} and event.final:
            if not is_text:
                return super().socket_frame(event)
            return Deferred.of(lambda: self._message(event, data), len(data))
        if event.opcode > _BINARY_FRAME:
            return super().socket_frame(event)
        text = withheld(len(data), "as they are a part of a message")
        return self._frame_of(event, text.encode(), data)

    def socket_closed(self, event: SocketClosed) -> bytes:
        """Give the end of a WebSocket."""
        return super().socket_closed(self._copy(event))

    def record(self, event: RecordLogged) -> bytes:
        """Give what the program has logged."""
        copy = self._copy(event)
        copy.error = None
        packed = super().record(copy)
        if event.error is None:
            return packed
        *before, message = unpack(packed)
        message[_TRACEBACK] = traceback_text(event.error, self._text)
        return b"".join(map(self._packed, [*before, message]))

    def _expect(self, event: _Head, *, sent: bool) -> None:
        if self._redactor.reads_bodies:
            self._held.expect(event.id, sent, event.headers)

    def _copy(self, event: E) -> E:
        """Give an event of the same class, without secrets in what is the same in all of them."""
        kind = cast("Hashable", type(event))
        values, places = _values_of(kind)(event), _places_of(kind)
        shown = list(values)
        # Headers come first, so that the others are searched for what they have told.
        for place in places.headers:
            if values[place]:
                shown[place] = self._headers(values[place])
        for place in places.urls:
            shown[place] = self._url(values[place])
        for place in places.texts:
            if values[place]:
                shown[place] = self._text(str(values[place]))
        return type(event)(*shown)

    def _rest(self, event: Any) -> bytes:
        [fields] = unpack(super()._rest(event))
        shown = self._redactor.plain.fields(fields)
        hidden = self._held.hidden_columns(event.id)
        if hidden and "rows" in shown:
            shown["rows"] = self._redactor.plain.rows(shown["rows"], hidden)
        return pack(shown)

    def _after_bodies(self, number: int, end: Callable[[], bytes], size: int) -> bytes:
        """Give *end*, and before it, in the tap's thread, what was kept back."""
        if not self._redactor.reads_bodies:
            return end()

        def make() -> bytes:
            # Not before, as word of a piece that was dropped may be in the queue before this;
            # and in this order, as the end may tell what the bodies have taught to hide.
            return b"".join(map(self._body, self._held.forget(number))) + end()

        return Deferred.of(make, size + self._held.size(number))

    def _body(self, body: Body) -> bytes:
        data = self._held.release(body)
        fields = (_CHUNK, body.exchange, body.at, body.pending, data, body.sent)
        return self._packed(fields) if data or body.pending else b""

    def _streamed(self, event: BodyChunk, body: Body, data: bytes) -> bytes:
        shown = body.stream.feed(data) if body.stream is not None else b""
        return self._packed((_CHUNK, event.id, event.at, len(data), shown, event.sent))

    def _message(self, event: Frame, data: bytes) -> bytes:
        if len(data) > MAX_BODY:
            shown = withheld(len(data), "which is too much to look through").encode()
        else:
            shown = self._redactor.bodies.message(data)
        return self._frame_of(event, shown, data)

    def _frame_of(self, event: Frame, shown: bytes, data: bytes) -> bytes:
        fields = (_FRAME, event.id, event.at, int(event.opcode), shown, len(data))
        return self._packed((*fields, event.sent, event.final, event.encoded_length))


def redacting(rules: Rules) -> tuple[Callable[[], RedactingEncoder], Redactor]:
    """Give what makes encoders that keep to *rules*, and what they use."""
    redactor = Redactor(rules)
    return (lambda: RedactingEncoder(redactor)), redactor


def redacted_result(redactor: Redactor, returned: Returned) -> Returned:
    """Give the outcome of a call into the program without secrets."""
    result = returned.result
    if result is not None:
        result = b"".join(pack(redactor.plain.value(value)) for value in unpack(result))
    return Returned(returned.id, result, redactor.texts.shown(returned.error))
