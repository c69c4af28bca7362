"""The host's one bounded store of what the programs did."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..link.messages import (
    MAX_STACKS,
    BodyChunk,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    Frame,
    RequestStarted,
    ResponseStarted,
)
from .body import Body

_ENDS = (ExchangeFinished, ExchangeFailed)


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
        stacks: What it sent, by number: as many as it may still refer to.
        ended: Whether its link is closed.
    """

    number: int
    pid: int
    title: str
    folder: str
    epoch: int
    libraries: tuple[str, ...]
    stacks: dict[int, tuple[Frame, ...]] = attrs.field(factory=dict[int, tuple[Frame, ...]])
    ended: bool = False

    def define_stack(self, id: int, frames: tuple[Frame, ...]) -> None:  # noqa: A002  # the link's word
        """Keep a stack for the exchanges that are going to refer to it."""
        self.stacks[id] = frames
        if len(self.stacks) > MAX_STACKS:
            del self.stacks[next(iter(self.stacks))]


@attrs.define(eq=False)
class Exchange:
    """All that is known of one exchange.

    Attributes:
        sequence: From 1, in the order of recording, over all processes.
        stack: Where the program asked for it, innermost frame first.
        first: The id of the first exchange of its chain of redirects; mostly its own.
        redirected: The exchange whose redirect this one follows.
        last_at: The time of the last event, in the process's monotonic nanoseconds.
    """

    sequence: int
    process: Process
    start: RequestStarted
    stack: tuple[Frame, ...]
    first: int
    redirected: Exchange | None = None
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
        # The newest of each chain of redirects, by its first one's key.
        self._newest: dict[tuple[int, int], Exchange] = {}
        # Those that keep any bytes, in the order of their first.
        self._keeping: dict[tuple[int, int], Exchange] = {}
        self._kept = 0
        self._last = 0
        self.forgotten: int = 0

    def record(self, process: Process, event: Event) -> Exchange | None:
        """Add *event* to its exchange and give that.

        ``None`` if that is forgotten or unknown, or has ended and would do so again.
        """
        if isinstance(event, RequestStarted):
            return self._begin(process, event)
        exchange = self._exchanges.get((process.number, event.id))
        if exchange is None or (exchange.end is not None and isinstance(event, _ENDS)):
            return None
        self._continue(exchange, event)
        return exchange

    def newest(self, process: int, first: int) -> Exchange | None:
        """Give the last exchange of the chain of redirects that began with *first*.

        ``None`` if there is none, or not any more.  Without redirects that is *first* itself.
        """
        return self._newest.get((process, first))

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
        known = self._exchanges.get((process.number, start.id))
        if known is not None:
            self._forget(known)
        before = self._redirecting(process, start)
        self._last += 1
        exchange = Exchange(
            self._last,
            process,
            start,
            process.stacks.get(start.stack, ()),
            before.first if before else start.id,
            before,
            last_at=start.at,
        )
        self._exchanges[exchange.key] = self._sequence[exchange.sequence] = exchange
        self._newest[process.number, exchange.first] = exchange
        if len(self._exchanges) > self._budget.exchanges:
            self._forget(next(iter(self._exchanges.values())))
        return exchange

    def _redirecting(self, process: Process, start: RequestStarted) -> Exchange | None:
        """Give the exchange whose redirect *start* follows, if nobody else does."""
        if start.redirected_from is None:
            return None
        before = self._exchanges.get((process.number, start.redirected_from))
        if before is None or before.response is None or self._is_followed(before):
            return None
        return before

    def _is_followed(self, exchange: Exchange) -> bool:
        return self._newest.get((exchange.process.number, exchange.first)) is not exchange

    def _continue(self, exchange: Exchange, event: Event) -> None:
        exchange.last_at = event.at
        if not exchange.stack:
            # Another thread of the program was about to send it.
            exchange.stack = exchange.process.stacks.get(exchange.start.stack, ())
        if isinstance(event, BodyChunk):
            body = exchange.request_body if event.sent else exchange.response_body
            added = body.add(event.data, event.length, self._budget.body_bytes)
            if added:
                self._keeping[exchange.key] = exchange
                self._kept += added
                self._make_room()
        elif isinstance(event, ResponseStarted):
            exchange.response = event
        elif isinstance(event, _ENDS):
            exchange.end = event

    def _make_room(self) -> None:
        while self._kept > self._budget.total_bytes:
            oldest = next(iter(self._keeping.values()))
            self._drop_bodies(
                oldest, f"the limit for all bodies is {self._budget.total_bytes:,} bytes"
            )

    def _drop_bodies(self, exchange: Exchange, reason: str) -> None:
        self._keeping.pop(exchange.key, None)
        self._kept -= exchange.request_body.drop(reason) + exchange.response_body.drop(reason)

    def _forget(self, exchange: Exchange) -> None:
        self._drop_bodies(exchange, "the exchange is forgotten")
        del self._exchanges[exchange.key], self._sequence[exchange.sequence]
        chain = (exchange.process.number, exchange.first)
        if self._newest.get(chain) is exchange:
            del self._newest[chain]
        # What was sent about a redirect need not be kept for those that follow it.
        exchange.redirected = None
        self.forgotten += 1
