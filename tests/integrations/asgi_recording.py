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

PATIENCE = 10
"""Seconds to wait for what a server does in its own time."""


@attrs.define
class Incoming:
    """One exchange as a subscriber saw it, the names of its events in order."""

    start: RequestReceived
    response: ResponseSent | None = None
    finish: ExchangeFinished | None = None
    failure: ExchangeFailed | None = None
    received: list[bytes] = attrs.field(factory=list[bytes])
    sent: list[bytes] = attrs.field(factory=list[bytes])
    events: list[str] = attrs.field(factory=list[str])

    @property
    def head(self) -> ResponseSent:
        """The response's head, which has to be there."""
        assert self.response is not None
        return self.response

    @property
    def end(self) -> ExchangeFinished:
        """The good end, which has to be there."""
        assert self.finish is not None, self.failure
        return self.finish

    @property
    def error(self) -> BaseException:
        """The error, which has to be there."""
        assert self.failure is not None, self.events
        return self.failure.error

    @property
    def is_over(self) -> bool:
        return self.finish is not None or self.failure is not None


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
            exchange.finish = event
        elif isinstance(event, ExchangeFailed):
            exchange.failure = event
        elif isinstance(event, BodyChunk):
            (exchange.sent if event.sent else exchange.received).append(event.data)

    def only(self) -> Incoming:
        """Give the one exchange there was, once it is over."""
        self.wait(lambda: all(exchange.is_over for exchange in self))
        assert len(self) == 1, [exchange.start.url for exchange in self]
        return self[0]

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
