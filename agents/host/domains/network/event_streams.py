"""Event streams, as events of the Network domain."""

from __future__ import annotations

from collections.abc import Iterator

from ...content.event_stream import EventStreamParser
from ...store.clock import seconds
from ...store.exchange import Exchange
from .heads import ResponseHead
from .websocket_types import EventSourceMessageReceived


class EventStream:
    """The body of a response that is an event stream, read as it comes."""

    def __init__(self) -> None:
        self._parser = EventStreamParser()

    @classmethod
    def after(cls, exchange: Exchange, decoded: bytes, *, whole: bool) -> EventStream | None:
        """Give that of *exchange* from behind *decoded* on; ``None`` if it is no event stream."""
        if exchange.arrivals is None:
            return None
        stream = cls()
        for _ in stream.received(exchange, 0, decoded, whole=whole):
            pass
        return stream

    def received(
        self, exchange: Exchange, at: int, decoded: bytes, *, whole: bool = True
    ) -> Iterator[EventSourceMessageReceived]:
        """Give the events that end in *decoded*, the next bytes, which came at the time *at*.

        If these are not the *whole* of what came, more is missing behind them.
        """
        for event in self._parser.feed(decoded):
            yield EventSourceMessageReceived(
                request_id=exchange.id,
                timestamp=seconds(exchange.process, at),
                event_name=event.name,
                event_id=event.last_id,
                data=event.data,
            )
        if not whole:
            self._parser.skip()


def events_so_far(exchange: Exchange) -> Iterator[EventSourceMessageReceived]:
    """Give the events in what is kept of the body of *exchange*; none if it is no event stream."""
    head = ResponseHead.of(exchange)
    if exchange.arrivals is None or head is None:
        return
    stream, decoder = EventStream(), head.decoder()
    for at, piece in exchange.arrivals.pieces(exchange.response_body.data()):
        yield from stream.received(exchange, at, decoder.decode(piece))
