"""What was published about outgoing HTTP, put together by exchange."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import attrs

from tapscope import channels
from tapscope.channels.http import (
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)


@attrs.define
class Exchange:
    """One exchange as a subscriber saw it, the names of its events in order."""

    started: RequestStarted
    response: ResponseStarted | None = None
    finished: ExchangeFinished | None = None
    failed: ExchangeFailed | None = None
    sent: bytes = b""
    received: bytes = b""
    events: list[str] = attrs.field(factory=list[str])

    @property
    def answer(self) -> ResponseStarted:
        """The response's head, which has to be there."""
        assert self.response is not None
        return self.response

    @property
    def end(self) -> ExchangeFinished:
        """The good end, which has to be there."""
        assert self.finished is not None
        return self.finished

    @property
    def error(self) -> BaseException:
        """The error, which has to be there."""
        assert self.failed is not None
        return self.failed.error

    def request_header(self, name: str) -> str | None:
        return header_in(self.started.headers, name)

    def response_header(self, name: str) -> str | None:
        return header_in(self.answer.headers, name)


def header_in(headers: Any, name: str) -> str | None:
    """Give the first of *headers* that is called *name*, in lower case."""
    for key, value in headers:
        if _text(key).lower() == name:
            return _text(value)
    return None


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


class Recording(list[Exchange]):
    """All exchanges, in the order of their starts."""

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[int, Exchange] = {}

    def __call__(self, event: Any, channel: str) -> None:
        if isinstance(event, RequestStarted):
            self._by_id[event.id] = Exchange(event)
            self.append(self._by_id[event.id])
        exchange = self._by_id[event.id]
        exchange.events.append(channel.rpartition(".")[2])
        if isinstance(event, ResponseStarted):
            exchange.response = event
        elif isinstance(event, ExchangeFinished):
            exchange.finished = event
        elif isinstance(event, ExchangeFailed):
            exchange.failed = event
        elif isinstance(event, BodyChunk) and event.sent:
            exchange.sent += event.data
        elif isinstance(event, BodyChunk):
            exchange.received += event.data

    def only(self) -> Exchange:
        """Give the one exchange there was."""
        assert len(self) == 1, [exchange.started.url for exchange in self]
        return self[0]


@contextmanager
def recording() -> Generator[Recording]:
    """Record what is published meanwhile."""
    recorded = Recording()
    with channels.subscribe("http.client.**", recorded):
        yield recorded
