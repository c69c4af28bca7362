"""What leaves the queue, on its way to the link, without what the program's rules hide.

The program's threads leave their events as they do without rules.  Here, in the
thread that writes, the messages are looked through; bodies are kept back until
their exchange has ended, and then looked through as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgpack

from ..link import messages
from ..link.codec import MAX_MESSAGE
from ..link.layout import NUMBERS, place_of
from ..link.messages import Message, Returned
from ..link.plain import pack, unpack
from ..redaction.bodies import MAX_BODY
from ..redaction.mark import withheld
from ..redaction.redactor import Redactor
from ..redaction.rules import Rules
from .encoder import EventEncoder
from .holding import Body, Holding
from .redacted_fields import MAX_SEARCHED, FieldRedactor, Fields

_log = logging.getLogger("tapscope")

_CHUNK = NUMBERS[messages.BodyChunk]
_HEADS: dict[type[Message], bool] = {
    messages.RequestStarted: True,
    messages.ResponseStarted: False,
    messages.RequestReceived: False,
    messages.ResponseSent: True,
}
"""Whether the body that such a head is of is sent."""
_SENT = {NUMBERS[kind]: sent for kind, sent in _HEADS.items()}
_HEADERS = {NUMBERS[kind]: place_of(kind, "headers") for kind in _HEADS}

_TEXT_FRAME = 1
_BINARY_FRAME = 2
_CLOSE_FRAME = 8


class Redaction:
    """Gives encoded messages of one link, in their order, without secrets.

    One thread at a time may use it, but for :meth:`returned`.
    """

    def __init__(self, rules: Rules) -> None:
        self._failure_told = False
        ways: dict[type[Message], Callable[[Fields], bytes]] = {
            **dict.fromkeys(_HEADS, self._head),
            messages.BodyChunk: self._chunk,
            messages.ExchangeFinished: self._end,
            messages.ExchangeFailed: self._end,
            messages.SocketFrame: self._frame,
            messages.WorkAnswered: self._answer,
            messages.WorkChunk: self._rows,
            messages.WorkFinished: self._work_end,
        }
        self._ways = {NUMBERS[kind]: way for kind, way in ways.items()}
        self._use(Redactor(rules))
        self.restart()

    def follow(self, rules: Rules) -> None:
        """Hide what *rules* name from now on, in place of what others did."""
        self._use(Redactor(rules, self._redactor.known))
        self._held.redactor = self._redactor

    def prepare(self, encoder: EventEncoder) -> None:
        """Have *encoder* leave texts whole: what is cut may have lost the name of a value."""
        encoder.max_text = MAX_SEARCHED

    def restart(self) -> None:
        """Forget what was kept back: another link begins."""
        self._held = Holding(self._redactor)
        self._unpacker = msgpack.Unpacker(max_buffer_size=0, unicode_errors="replace")
        self._pack: Callable[[object], bytes] = msgpack.Packer(unicode_errors="replace").pack

    def shown(self, encoded: bytes) -> bytes:
        """Give what is told of *encoded* messages, or nothing as long as it is kept back."""
        self._unpacker.feed(encoded)
        return b"".join(map(self._message, self._unpacker))

    def returned(self, returned: Returned) -> Returned:
        """Give the outcome of a call into the program."""
        result = returned.result
        if result is not None:
            plain = self._redactor.plain
            result = b"".join(pack(plain.value(value)) for value in unpack(result))
        return Returned(returned.id, result, self._redactor.texts.shown(returned.error))

    def _use(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._fields = FieldRedactor(redactor)

    def _message(self, message: Fields) -> bytes:
        try:
            shown = self._ways.get(message[0], self._told)(message)
            if len(shown) <= MAX_MESSAGE:
                return shown
            self._lost(message, f"{len(shown):,} bytes are too many")
        except Exception as error:
            # No text of it and no traceback: they may well tell a value.
            self._lost(message, type(error).__name__)
        return b""

    def _lost(self, message: Fields, reason: str) -> None:
        if not self._failure_told:
            self._failure_told = True
            number: int = message[0]
            kind = messages.MESSAGES[number].__name__
            _log.error("a %s could not be redacted and is not told: %s", kind, reason)

    def _told(self, message: Fields) -> bytes:
        return self._pack(self._fields.hide(message))

    def _head(self, message: Fields) -> bytes:
        if self._redactor.reads_bodies:
            kind = message[0]
            self._held.expect(message[1], _SENT[kind], message[_HEADERS[kind]])
        return self._told(message)

    def _chunk(self, message: Fields) -> bytes:
        _, number, at, length, data, sent = message
        body = self._held.body(number, sent) if self._redactor.reads_bodies else None
        if body is None:
            return self._pack(message)
        if body.stream is None:
            self._held.add(body, at, length, data)
            return b""
        if data is None:
            body.stream.lose()
            return self._pack(message)
        return self._pack((_CHUNK, number, at, length, body.stream.feed(data), sent))

    def _end(self, message: Fields) -> bytes:
        bodies = self._held.forget(message[1])
        # In this order, as the end may tell what the bodies have taught to hide.
        return b"".join([*map(self._body, bodies), self._told(message)])

    def _body(self, body: Body) -> bytes:
        data = self._held.release(body)
        fields = (_CHUNK, body.exchange, body.at, body.pending, data, body.sent)
        return self._pack(fields) if data or body.pending else b""

    def _frame(self, message: Fields) -> bytes:
        _, _, _, opcode, data, length, _, final, _ = message
        if self._redactor.reads_bodies and data:
            message[4] = self._payload(opcode, data, length, whole=final)
        return self._pack(message)

    def _payload(self, opcode: int, data: bytes, length: int, *, whole: bool) -> bytes:
        if opcode == _CLOSE_FRAME:
            return data[:2] + self._redactor.bodies.message(data[2:])
        if opcode > _BINARY_FRAME:
            return data
        if not whole or opcode not in {_TEXT_FRAME, _BINARY_FRAME}:
            return withheld(length, "as they are a part of a message").encode()
        if opcode == _BINARY_FRAME and data.lstrip()[:1] not in {b"{", b"["}:
            return data
        if length > min(len(data), MAX_BODY):
            return withheld(length, "which is too much to look through").encode()
        return self._redactor.bodies.message(data)

    def _answer(self, message: Fields) -> bytes:
        [fields] = unpack(message[3])
        self._held.columns(message[1], fields.get("columns"))
        return self._told(message)

    def _rows(self, message: Fields) -> bytes:
        hidden = self._held.hidden_columns(message[1])
        if hidden and message[3]:
            [fields] = unpack(message[3])
            if "rows" in fields:
                fields["rows"] = self._redactor.plain.rows(fields["rows"], hidden)
                message[3] = pack(fields)
        return self._told(message)

    def _work_end(self, message: Fields) -> bytes:
        self._held.forget(message[1])
        return self._told(message)
