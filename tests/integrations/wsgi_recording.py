"""What was published about incoming HTTP, put together by exchange."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import attrs

from tapscope import channels
from tapscope.channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    ResponseSent,
)


@attrs.define
class Incoming:
    """One exchange as a subscriber saw it, the names of its events in order."""

    received: RequestReceived
    response: ResponseSent | None = None
    finished: ExchangeFinished | None = None
    failed: ExchangeFailed | None = None
    request_body: bytes = b""
    chunks: list[bytes] = attrs.field(factory=list[bytes])
    events: list[str] = attrs.field(factory=list[str])

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def answer(self) -> ResponseSent:
        """The response's head, which has to be there."""
        assert self.response is not None
        return self.response

    @property
    def error(self) -> BaseException:
        """The error, which has to be there."""
        assert self.failed is not None
        return self.failed.error

    @property
    def is_complete(self) -> bool:
        """Whether it has come to a good end."""
        return self.finished is not None and self.finished.complete

    def header(self, name: str) -> str | None:
        """Give what the client sent under the very *name*."""
        values = [str(value) for key, value in self.received.headers if key == name]
        return values[0] if values else None


class Incomings(list[Incoming]):
    """All exchanges, in the order of their starts."""

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[int, Incoming] = {}

    def __call__(self, event: Any, channel: str) -> None:
        if isinstance(event, RequestReceived):
            self._by_id[event.id] = Incoming(event)
            self.append(self._by_id[event.id])
        exchange = self._by_id[event.id]
        exchange.events.append(channel.rpartition(".")[2])
        if isinstance(event, ResponseSent):
            exchange.response = event
        elif isinstance(event, ExchangeFinished):
            exchange.finished = event
        elif isinstance(event, ExchangeFailed):
            exchange.failed = event
        elif isinstance(event, BodyChunk) and event.sent:
            exchange.chunks.append(event.data)
        elif isinstance(event, BodyChunk):
            exchange.request_body += event.data

    def only(self) -> Incoming:
        """Give the one exchange there was."""
        assert len(self) == 1, [exchange.received.url for exchange in self]
        return self[0]

    def ended(self) -> Incoming:
        """Give the one exchange there was, once the server is done with it."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if self and (self[0].finished or self[0].failed):
                break
            time.sleep(0.001)
        return self.only()


@contextmanager
def receiving() -> Generator[Incomings]:
    """Record what is published meanwhile."""
    recorded = Incomings()
    with channels.subscribe("http.server.**", recorded):
        yield recorded
