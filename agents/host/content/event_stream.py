"""Server-sent events, read from the bytes of a response's body.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from ....channels.http import Headers

MAX_EVENT = 5_000_000
"""Bytes of one event, and of one line, that are kept; the rest is left out."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


@attrs.frozen
class StreamEvent:
    """One event.

    Attributes:
        name: Its type; ``"message"`` where it names none.
        data: Its data lines, joined by line feeds.
        last_id: The last id that an event has set, this one's included; empty if none has.
    """

    name: str
    data: str
    last_id: str


class EventStreamParser:
    """Gives the events of a stream, whose bytes may be split anywhere."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._at_start = True
        # A line feed that follows belongs to the line that has ended.
        self._after_return = False
        self._missed = False
        self._last_id = ""
        self._forget_event()

    def feed(self, data: bytes) -> Iterator[StreamEvent]:
        """Take the next bytes, and give the events that end in them."""
        for line in self._lines(data):
            event = self._take(line)
            if event is not None:
                yield event

    def skip(self) -> None:
        """Take note that bytes are missing here: what stands before the next event is left out."""
        self._line.clear()
        self._forget_event()
        self._missed, self._after_return, self._at_start = True, False, False

    def _lines(self, data: bytes) -> Iterator[bytes]:
        if self._after_return and data:
            self._after_return = False
            data = data.removeprefix(b"\n")
        begin = 0
        for end in _LINE_END.finditer(data):
            self._after_return = end[0] == b"\r" and end.end() == len(data)
            self._add(data[begin : end.start()])
            begin = end.end()
            yield self._whole_line()
        self._add(data[begin:])

    def _add(self, text: bytes) -> None:
        self._line += text[: MAX_EVENT - len(self._line)]

    def _whole_line(self) -> bytes:
        line = bytes(self._line)
        self._line.clear()
        if self._at_start:
            self._at_start = False
            return line.removeprefix(_BOM)
        return line

    def _take(self, line: bytes) -> StreamEvent | None:
        if self._missed:
            self._missed = bool(line)
            return None
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        self._take_field(name, value.removeprefix(b" "))
        return None

    def _take_field(self, name: bytes, value: bytes) -> None:
        if name == b"event":
            self._name = _decode(value)
        elif name == b"data":
            if self._size + len(value) <= MAX_EVENT:
                self._data.append(_decode(value))
            self._size += len(value) + 1
        elif name == b"id" and b"\0" not in value:
            self._id = _decode(value)

    def _dispatch(self) -> StreamEvent | None:
        self._last_id = self._id
        name, data = self._name, self._data
        self._forget_event()
        if not data:
            return None
        return StreamEvent(name or "message", "\n".join(data), self._last_id)

    def _forget_event(self) -> None:
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self._id = self._last_id


def is_event_stream(headers: Headers) -> bool:
    """Whether a response with these headers has an event stream for its body."""
    for name, value in headers:
        if _decode(name).lower() == "content-type":
            return _decode(value).partition(";")[0].strip().lower() == "text/event-stream"
    return False


def _decode(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
