"""The commands of the PythonNetwork domain, and who hears its events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ....link.messages import BodyChunk, Event, RequestReceived
from ...api.command import command
from ...api.domain import Domain
from ...api.feed import Feed
from ...protocol.errors import INVALID_PARAMS, CommandError
from ...store.exchange import Exchange
from . import types, views
from .telling import passed, told

if TYPE_CHECKING:
    from ...api.session import Session

LIFECYCLE = "http.server"

MAX_LISTED = 1000
"""How many requests one answer lists."""


class PythonNetworkFeed(Feed):
    """Tells the sessions what happens to requests, and those that asked for it the bytes."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Tell what *event* means."""
        if isinstance(event, BodyChunk):
            domains = [domain for domain in self.domains if isinstance(domain, PythonNetwork)]
            for includes_data in (True, False):
                wanting = [each for each in domains if each.includes_data is includes_data]
                if wanting:
                    self.send(passed(exchange, event, includes_data=includes_data), to=wanting)
        elif (what := told(self.target, exchange, event)) is not None:
            self.send(what)


class PythonNetwork(Domain):
    """The requests that a program answers: the counterpart of Network."""

    name = "PythonNetwork"
    events: ClassVar[tuple[type, ...]] = (
        types.RequestReceived,
        types.ResponseWillBeSent,
        types.DataReceived,
        types.DataSent,
        types.ExchangeFinished,
        types.ExchangeFailed,
    )
    lifecycles: ClassVar[tuple[str, ...]] = (LIFECYCLE,)
    feed: ClassVar[type[Feed]] = PythonNetworkFeed

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.includes_data: bool = False

    @command
    def enable(self, include_data: bool = False) -> None:  # noqa: FBT001, FBT002  # CDP's parameters have names
        """Tell of requests from now on; what was before, getRecordedRequests gives.

        Args:
            include_data: Whether dataReceived and dataSent carry the bytes, too; enabling again
                changes that.
        """
        self.includes_data = include_data
        super().enable()

    @command
    def get_in_flight_requests(self) -> types.IncomingExchanges:
        """List the requests that are being answered now, oldest first."""
        running = [exchange for exchange in self._history() if exchange.end is None]
        return types.IncomingExchanges(exchanges=self._views(running))

    @command
    def get_recorded_requests(
        self, limit: int = 100, after: str | None = None
    ) -> types.IncomingExchanges:
        """List requests that are recorded, oldest first.

        Args:
            limit: How many at most, and never more than 1,000.
            after: The id of a request: those that came next after it; by default the newest.
        """
        if limit < 1:
            raise CommandError(f"limit: expected 1 or more, got {limit}", INVALID_PARAMS)
        most = min(limit, MAX_LISTED)
        if after is None:
            return types.IncomingExchanges(exchanges=self._views(list(self._history())[-most:]))
        last = self._incoming(after).sequence
        later = [exchange for exchange in self._history() if exchange.sequence > last]
        return types.IncomingExchanges(exchanges=self._views(later[:most]))

    @command
    def get_request_body(self, request_id: str) -> types.Body:
        """Give what the program has read of a request's body, its content coding undone.

        Reading does not consume it, and it can be asked for while more of it comes.
        """
        return views.request_body(self._incoming(request_id))

    @command
    def get_response_body(self, request_id: str) -> types.Body:
        """Give what the program has sent of a response's body, its content coding undone.

        Reading does not consume it, and it can be asked for while more of it comes.
        """
        return views.response_body(self._incoming(request_id))

    @command
    def get_children(self, request_id: str) -> types.Children:
        """List what an exchange of any domain has caused: requests, statements, jobs.

        Args:
            request_id: That of its row in Network.
        """
        exchange = self.target.exchange(request_id)
        if exchange is None:
            raise CommandError(f"no exchange {request_id!r} is recorded, or not any more")
        return types.Children(
            children=[self._child(child) for child in self.target.children(exchange)]
        )

    def _child(self, child: Exchange) -> types.Child:
        incoming = child.lifecycle in self.lifecycles
        owner = type(self) if incoming else self.target.owner(child.lifecycle)
        return types.Child(
            request_id=child.id,
            lifecycle=child.lifecycle,
            state=views.state(child),
            domain=owner.name if owner else None,
        )

    def _history(self) -> Iterator[Exchange]:
        return self.target.history(LIFECYCLE)

    def _views(self, exchanges: list[Exchange]) -> list[types.IncomingExchange]:
        return [views.incoming(self.target, exchange) for exchange in exchanges]

    def _incoming(self, wanted: str) -> Exchange:
        exchange = self.target.exchange(wanted)
        if exchange is None or not isinstance(exchange.start, RequestReceived):
            raise CommandError(f"no incoming request {wanted!r} is recorded, or not any more")
        return exchange
