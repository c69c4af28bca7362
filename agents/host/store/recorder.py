"""The host's one bounded store of what the programs did."""

from __future__ import annotations

from collections import OrderedDict

from ...link.messages import (
    BodyChunk,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
    SocketClosed,
    SocketFrame,
    SocketOpened,
    SocketOpening,
    Start,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    WorkStarted,
)
from ..content.event_stream import is_event_stream
from .arrivals import Arrivals
from .body_store import BodyStore
from .budget import Budget
from .exchange import Exchange
from .losses import Losses
from .process import NO_STACK, Process
from .socket_messages import SocketMessages
from .weight import ARRIVAL, CHILD, weight

_STARTS = (RequestStarted, RequestReceived, WorkStarted, SocketOpening)
_ANSWERS = (ResponseStarted, ResponseSent, WorkAnswered, SocketOpened)
_ENDS = (ExchangeFinished, WorkFinished, ExchangeFailed, SocketClosed)

MAX_CHILDREN = 1000
"""How many of the exchanges that one exchange has caused are remembered."""


class Recorder:
    """Takes events of all processes; gives exchanges, oldest first.

    Attributes:
        losses: What the budget made it let go.
        lost: How many exchanges were forgotten before they ended.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        # The first of a plain dict takes ever longer to find while its first ones are deleted.
        self._exchanges: OrderedDict[tuple[int, int], Exchange] = OrderedDict()
        self._sequence: OrderedDict[int, Exchange] = OrderedDict()
        # The newest of each chain of redirects, by its first one's key.
        self._newest: dict[tuple[int, int], Exchange] = {}
        self._open: dict[tuple[int, int], Exchange] = {}
        self._heads = 0
        self._last = 0
        self.losses: Losses = Losses()
        self.lost: int = 0
        self._bodies = BodyStore(budget, self.losses)

    @property
    def forgotten(self) -> int:
        """How many exchanges were recorded and are not kept any more."""
        return self._last - len(self._exchanges)

    def limit(self, budget: Budget) -> None:
        """Keep to another *budget* from now on; what is beyond it goes at once."""
        self._budget = budget
        while len(self._exchanges) > budget.exchanges:
            self._forget_oldest()
        self._fit_heads()
        self._bodies.limit(budget)

    def record(self, process: Process, event: Event) -> Exchange | None:
        """Add *event* to its exchange and give that.

        ``None`` if that is forgotten or unknown, or has ended and would do so again.
        """
        if isinstance(event, _STARTS):
            return self._begin(process, event)
        exchange = self._exchanges.get((process.number, event.id))
        if exchange is None or (exchange.end is not None and isinstance(event, _ENDS)):
            return None
        self._continue(exchange, event)
        return exchange

    def find(self, process: int, id: int) -> Exchange | None:  # noqa: A002  # the link's word
        """Give the exchange that has this *id* in a process; ``None`` if it is not kept."""
        return self._exchanges.get((process, id))

    def parent(self, exchange: Exchange) -> Exchange | None:
        """Give the exchange that caused *exchange*, if that is known and kept."""
        parent = exchange.start.parent
        return None if parent is None else self.find(exchange.process.number, parent)

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

    def unfinished(self, process: Process | None = None) -> list[Exchange]:
        """Give the exchanges that have not ended, oldest first; of one *process*, or of all."""
        return [each for each in self._open.values() if process in (None, each.process)]

    def correct(self, process: Process, start: Start) -> None:
        """Take a start in place of that of an exchange of which less was known."""
        exchange = self.find(process.number, start.id)
        if exchange is not None:
            exchange.start = start
            exchange.stack = process.stacks.get(start.stack, NO_STACK)

    def drop_bodies(self, exchange: Exchange, reason: str) -> None:
        """Keep what is known of *exchange* without its bodies, for a *reason* that is told."""
        self._bodies.drop(exchange, reason)

    def _begin(self, process: Process, start: Start) -> Exchange:
        known = self._exchanges.get((process.number, start.id))
        if known is not None:
            self._forget(known)
        before = self._redirecting(process, start)
        self._last += 1
        exchange = Exchange(
            self._last,
            process,
            start,
            process.stacks.get(start.stack, NO_STACK),
            before.first if before else start.id,
            before,
            last_at=start.at,
            messages=SocketMessages() if isinstance(start, SocketOpening) else None,
        )
        self._exchanges[exchange.key] = self._sequence[exchange.sequence] = exchange
        self._newest[process.number, exchange.first] = self._open[exchange.key] = exchange
        parent = self.parent(exchange)
        if parent is not None and len(parent.children) < MAX_CHILDREN:
            parent.children.append(start.id)
            self._weigh(parent, CHILD)
        if len(self._exchanges) > self._budget.exchanges:
            self._forget_oldest()
        self._weigh(exchange, weight(start))
        return exchange

    def _redirecting(self, process: Process, start: Start) -> Exchange | None:
        """Give the exchange whose redirect *start* follows, if nobody else does."""
        if not isinstance(start, RequestStarted) or start.redirected_from is None:
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
            exchange.stack = exchange.process.stacks.get(exchange.start.stack, NO_STACK)
        if isinstance(event, BodyChunk):
            self._keep_chunk(exchange, event)
        elif isinstance(event, SocketFrame):
            self._bodies.keep_message(exchange, event)
        elif isinstance(event, WorkChunk):
            length = 0 if event.fields is None else len(event.fields)
            self._bodies.keep(exchange, exchange.response_body, event.fields, length)
        elif isinstance(event, _ANSWERS):
            exchange.response = event
            if isinstance(event, ResponseStarted | ResponseSent) and is_event_stream(event.headers):
                exchange.arrivals = Arrivals()
            self._weigh(exchange, weight(event))
        elif isinstance(event, _ENDS):
            exchange.end = event
            self._open.pop(exchange.key, None)
            self._weigh(exchange, weight(event))

    def _keep_chunk(self, exchange: Exchange, chunk: BodyChunk) -> None:
        response = chunk.sent is (exchange.lifecycle == "http.server")
        body = exchange.response_body if response else exchange.request_body
        self._bodies.keep(exchange, body, chunk.data, chunk.length)
        arrivals = exchange.arrivals if response else None
        if arrivals is not None and arrivals.add(body.length, chunk.at):
            self._weigh(exchange, ARRIVAL)

    def _weigh(self, exchange: Exchange, added: int) -> None:
        exchange.weight += added
        self._heads += added
        self._fit_heads()

    def _fit_heads(self) -> None:
        while self._heads > self._budget.head_bytes and len(self._exchanges) > 1:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = next(iter(self._exchanges.values()))
        self.losses.add(exchanges=1)
        self._forget(oldest)

    def _forget(self, exchange: Exchange) -> None:
        self.drop_bodies(exchange, "the exchange is forgotten")
        self._heads -= exchange.weight
        del self._exchanges[exchange.key], self._sequence[exchange.sequence]
        self.lost += self._open.pop(exchange.key, None) is not None
        chain = (exchange.process.number, exchange.first)
        if self._newest.get(chain) is exchange:
            del self._newest[chain]
        # What was sent about a redirect need not be kept for those that follow it.
        exchange.redirected = None
