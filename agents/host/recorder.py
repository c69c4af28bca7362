"""The host's one bounded store of what the programs did."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..link.messages import (
    BodyChunk,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    Frame,
    RequestStarted,
    ResponseStarted,
)
from .body import Body


@attrs.frozen
class Budget:
    """How much the host keeps.

    Attributes:
        exchanges: How many; the oldest is forgotten for a new one.
        total_bytes: Of all bodies; the oldest bodies go first.
        body_bytes: Of one body; its first bytes are kept.
    """

    exchanges: int = 10_000
    total_bytes: int = 100_000_000
    body_bytes: int = 5_000_000


@attrs.define(eq=False)
class Process:
    """A program that is or was linked.

    Attributes:
        number: From 1, in the order of linking.
        epoch: Nanoseconds since 1970 minus the program's monotonic clock.
        libraries: Folders of code that is not the program's own.
        stacks: What it sent, by number.
        ended: Whether its link is closed.
    """

    number: int
    pid: int
    title: str
    script: str
    folder: str
    python: str
    epoch: int
    libraries: tuple[str, ...]
    stacks: dict[int, tuple[Frame, ...]] = attrs.field(factory=dict[int, tuple[Frame, ...]])
    ended: bool = False


@attrs.define(eq=False)
class Exchange:
    """All that is known of one exchange.

    Attributes:
        sequence: From 1, in the order of recording, over all processes.
        redirected: The exchange whose redirect this one follows.
        redirects_to: The exchange that follows this one's redirect.
        last_at: The time of the last event, in the process's monotonic nanoseconds.
    """

    sequence: int
    process: Process
    start: RequestStarted
    redirected: Exchange | None = None
    redirects_to: Exchange | None = None
    response: ResponseStarted | None = None
    end: ExchangeFinished | ExchangeFailed | None = None
    request_body: Body = attrs.field(factory=Body)
    response_body: Body = attrs.field(factory=Body)
    last_at: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """What it is found by: its process's number and its id there."""
        return (self.process.number, self.start.id)


class Recorder:
    """Takes events of all processes; gives exchanges, oldest first."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._exchanges: dict[tuple[int, int], Exchange] = {}
        self._sequence: dict[int, Exchange] = {}
        self._kept = 0
        self._last = 0
        self.forgotten = 0

    def record(self, process: Process, event: Event) -> Exchange | None:
        """Add *event* to its exchange and give that; ``None`` if it is forgotten or unknown."""
        if isinstance(event, RequestStarted):
            return self._begin(process, event)
        exchange = self._exchanges.get((process.number, event.id))
        if exchange is not None:
            self._continue(exchange, event)
        return exchange

    def find(self, process: int, id: int) -> Exchange | None:  # noqa: A002  # an exchange's word
        """Give the exchange that has this *id* in that process, unless it is forgotten."""
        return self._exchanges.get((process, id))

    def after(self, sequence: int) -> Exchange | None:
        """Give the oldest exchange recorded after the one with this *sequence*."""
        oldest = next(iter(self._sequence), self._last + 1)
        candidates = range(max(sequence + 1, oldest), self._last + 1)
        return next((self._sequence[n] for n in candidates if n in self._sequence), None)

    def unfinished(self, process: Process) -> Iterator[Exchange]:
        """Give the exchanges of *process* that have not ended."""
        for exchange in list(self._exchanges.values()):
            if exchange.process is process and exchange.end is None:
                yield exchange

    def _begin(self, process: Process, start: RequestStarted) -> Exchange:
        self._last += 1
        exchange = Exchange(self._last, process, start, last_at=start.at)
        self._chain(exchange)
        self._exchanges[exchange.key] = self._sequence[exchange.sequence] = exchange
        if len(self._exchanges) > self._budget.exchanges:
            self._forget(next(iter(self._exchanges.values())))
        return exchange

    def _chain(self, exchange: Exchange) -> None:
        origin = exchange.start.redirected_from
        before = None if origin is None else self.find(exchange.process.number, origin)
        if before is not None and before.response is not None and before.redirects_to is None:
            exchange.redirected, before.redirects_to = before, exchange

    def _continue(self, exchange: Exchange, event: Event) -> None:
        exchange.last_at = event.at
        if isinstance(event, BodyChunk):
            body = exchange.request_body if event.sent else exchange.response_body
            self._kept += body.add(event.data, event.length, self._budget.body_bytes)
            self._make_room()
        elif isinstance(event, ResponseStarted):
            exchange.response = event
        elif isinstance(event, ExchangeFinished | ExchangeFailed):
            exchange.end = event

    def _make_room(self) -> None:
        if self._kept <= self._budget.total_bytes:
            return
        reason = f"the limit for all bodies is {self._budget.total_bytes:,} bytes"
        for exchange in self._exchanges.values():
            self._kept -= exchange.request_body.drop(reason) + exchange.response_body.drop(reason)
            if self._kept <= self._budget.total_bytes:
                return

    def _forget(self, exchange: Exchange) -> None:
        del self._exchanges[exchange.key], self._sequence[exchange.sequence]
        self._kept -= exchange.request_body.kept + exchange.response_body.kept
        self.forgotten += 1
