"""What was published about incoming HTTP, put together by exchange."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
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

PATIENCE = 60
"""Seconds to wait for what a server does in its own time."""


@attrs.define
class Incoming:
    """One exchange as a subscriber saw it, the names of its events in order."""

    started: RequestReceived
    response: ResponseSent | None = None
    finished: ExchangeFinished | None = None
    failed: ExchangeFailed | None = None
    received: list[bytes] = attrs.field(factory=list[bytes])
    sent: list[bytes] = attrs.field(factory=list[bytes])
    events: list[str] = attrs.field(factory=list[str])

    @property
    def request_body(self) -> bytes:
        return b"".join(self.received)

    @property
    def body(self) -> bytes:
        return b"".join(self.sent)

    @property
    def answer(self) -> ResponseSent:
        """The response's head, which has to be there."""
        assert self.response is not None
        return self.response

    @property
    def end(self) -> ExchangeFinished:
        """The good end, which has to be there."""
        assert self.finished is not None, self.failed
        return self.finished

    @property
    def error(self) -> BaseException:
        """The error, which has to be there."""
        assert self.failed is not None, self.events
        return self.failed.error

    @property
    def is_over(self) -> bool:
        return self.finished is not None or self.failed is not None

    @property
    def is_complete(self) -> bool:
        """Whether it has come to a good end."""
        return self.finished is not None and self.finished.complete

    def header(self, name: str) -> str | None:
        """Give what the client sent under the very *name*."""
        values = [str(value) for key, value in self.started.headers if key == name]
        return values[0] if values else None


class Incomings(list[Incoming]):
    """All exchanges, in the order of their starts."""

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[int, Incoming] = {}
        self._changed = threading.Condition()

    def __call__(self, event: Any, channel: str) -> None:
        with self._changed:
            self._take(event, channel.rpartition(".")[2])
            self._changed.notify_all()

    def _take(self, event: Any, name: str) -> None:
        if isinstance(event, RequestReceived):
            self._by_id[event.id] = Incoming(event)
            self.append(self._by_id[event.id])
        exchange = self._by_id[event.id]
        exchange.events.append(name)
        if isinstance(event, ResponseSent):
            exchange.response = event
        elif isinstance(event, ExchangeFinished):
            exchange.finished = event
        elif isinstance(event, ExchangeFailed):
            exchange.failed = event
        elif isinstance(event, BodyChunk):
            (exchange.sent if event.sent else exchange.received).append(event.data)

    def only(self) -> Incoming:
        """Give the one exchange there was."""
        assert len(self) == 1, [exchange.started.url for exchange in self]
        return self[0]

    def ended(self) -> Incoming:
        """Give the one exchange there was, once it is over."""
        self.wait_for(1)
        return self.only()

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Return once *is_so*: clients may know of an answer before its end is published."""
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE), [each.events for each in self]

    def wait_for(self, count: int) -> None:
        """Return once *count* exchanges are over."""
        self.wait(lambda: sum(exchange.is_over for exchange in self) >= count)


@contextmanager
def recording_incoming() -> Generator[Incomings]:
    """Record what is published meanwhile."""
    incomings = Incomings()
    with channels.subscribe("http.server.**", incomings):
        yield incomings
