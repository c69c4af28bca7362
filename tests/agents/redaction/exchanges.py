"""Traffic with secrets in it, told to a host that is only a pair of ears."""

from __future__ import annotations

import json
import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import cast
from urllib.parse import quote, quote_plus

import attrs

from tapscope.agents.link.messages import BodyChunk, Message, RequestStarted
from tapscope.agents.redaction import Rules
from tapscope.agents.tap import Tap
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.http import Headers
from tests.agents.tap.carriers import FakeCarrier, hello

JSON = "application/json"


@attrs.frozen
class Body:
    """A body, its type, and the pieces that it comes in."""

    data: bytes = b""
    content_type: str = ""
    content_encoding: str = ""
    cuts: Sequence[int] = ()

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        named = (("Content-Type", self.content_type), ("content-encoding", self.content_encoding))
        return [(name.encode(), value.encode()) for name, value in named if value]

    def pieces(self) -> Iterable[bytes]:
        ends = sorted({0, len(self.data), *(cut % (len(self.data) + 1) for cut in self.cuts)})
        return [self.data[begin:end] for begin, end in pairwise(ends)]


@attrs.frozen
class Told:
    """What came through the link."""

    carrier: FakeCarrier
    tap: Tap

    @property
    def messages(self) -> list[Message]:
        return self.carrier.messages

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.messages if isinstance(message, kind)]

    def body(self, *, sent: bool = False) -> bytes:
        """Give what the host has of a body."""
        chunks = [each for each in self.messages if isinstance(each, BodyChunk)]
        return b"".join(each.data or b"" for each in chunks if each.sent is sent)

    def everything(self) -> str:
        """Give all that was written, as it is and with what is compressed in it undone."""
        texts = [bytes(self.carrier.taken)]
        for sent in (True, False):
            data = self.body(sent=sent)
            if data[:1] == b"\x1f":
                texts.append(zlib.decompress(data, wbits=31))
        return b"\n".join(texts).decode("utf-8", "replace")


@contextmanager
def redacting(rules: Rules) -> Generator[Told]:
    """Give what is told by a tap that keeps to *rules*; it is complete at the end of the block."""
    carrier = FakeCarrier()
    tap = Tap(lambda: carrier, hello, lambda _: None, print)
    tap.redact(rules)
    tap.start()
    tap.attach()
    try:
        yield Told(carrier, tap)
    finally:
        tap.close()


def exchange(
    url: str = "http://shop/",
    headers: Headers = (),
    sent: Body = Body(),
    answer_headers: Headers = (),
    received: Body = Body(),
    error: BaseException | None = None,
) -> None:
    """Publish a whole exchange."""
    running = ClientExchange.start("POST", url, _both(headers, sent.headers))
    for piece in sent.pieces():
        running.sent(piece)
    answered = _both(answer_headers, received.headers)
    running.responded(200, "OK", "http/1.1", answered, None, None, None)
    for piece in received.pieces():
        running.received(piece)
    if error is None:
        running.finish()
    else:
        running.fail(error)


def started(rules: Rules, url: str = "http://shop/", headers: Headers = ()) -> RequestStarted:
    """Give what is told of the start of an exchange."""
    with redacting(rules) as told:
        exchange(url, headers)
    [message] = told.of(RequestStarted)
    assert isinstance(message, RequestStarted)
    return message


def body(rules: Rules, data: bytes, content_type: str = JSON, coding: str = "") -> bytes:
    """Give what is told of the body of a response."""
    with redacting(rules) as told:
        exchange(received=Body(data, content_type, coding))
    return told.body()


def _both(one: Headers, other: Headers) -> Headers:
    return cast("Headers", [*one, *other])


def spellings(secret: str) -> set[str]:
    """Give *secret* in the ways that it may be written in."""
    escaped = json.dumps(secret)[1:-1]
    every = "".join(f"\\u{ord(character):04x}" for character in secret)
    percent = "".join(f"%{byte:02X}" for byte in secret.encode())
    quoted = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    return {secret, escaped, every, percent, percent.lower(), *quoted}
