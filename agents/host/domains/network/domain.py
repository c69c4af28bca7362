"""The commands of the Network domain, and who hears its events."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import attrs

from ....link.messages import Event
from ...api.command import command
from ...api.domain import Domain
from ...api.feed import Feed
from ...api.feeds import EVERY
from ...api.target import Target
from ...content.display import Display
from ...protocol.errors import CommandError
from ...store.exchange import Exchange
from ..debugger import Debugger
from ..io import IO
from . import types, websocket_types
from .appetite import Appetite, appetite
from .bodies import Bodies, bodies_of
from .remarks import remark
from .resource_types import (
    LoadedResource,
    LoadNetworkResourceOptions,
    SearchResult,
    found,
    missing,
)
from .search import expression, search
from .streams import Streams
from .translation import Translator

if TYPE_CHECKING:
    from ...api.session import Session


class NetworkFeed(Feed):
    """Translates each event once, for all sessions that have the domain enabled."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._translator = Translator(target)

    def stop(self) -> None:
        """Let go of what was remembered, as from now on events are going to be missed."""
        self._translator.forget()

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Translate *event* and send it to every front end that wants it."""
        enabled = [domain for domain in self.domains if isinstance(domain, Network)]
        due = [domain for domain in enabled if domain.takes(exchange)]
        streamers = [domain for domain in due if exchange in domain.streams]
        others = [domain for domain in due if domain not in streamers]
        for told in self._translator.live(exchange, event, streaming=bool(streamers)):
            for streamer in streamers:
                self.send(streamer.streams.wanted(exchange, told), to=[streamer])
            self.send(_without_bytes(told), to=others)
        if exchange.end is not None:
            for domain in enabled:
                domain.streams.end(exchange)

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what there is to tell of *exchange*."""
        return self._translator.history(exchange)

    def buffered(self, exchange: Exchange) -> bytes:
        """Give what there is of the body of *exchange*, for one who streams it from now on."""
        return self._translator.buffered(exchange)


class Network(Domain):
    """What a program requests, and what it gets."""

    name = "Network"
    version = "1.3"
    events: ClassVar[tuple[type, ...]] = (
        types.RequestWillBeSent,
        types.RequestWillBeSentExtraInfo,
        types.ResponseReceived,
        types.ResponseReceivedExtraInfo,
        types.ResponseReceivedEarlyHints,
        types.DataReceived,
        types.LoadingFinished,
        types.LoadingFailed,
        *websocket_types.EVENTS,
    )

    lifecycles: ClassVar[tuple[str, ...]] = (
        "http.client",
        "http.server",
        "websocket.client",
        "websocket.server",
        EVERY,
    )
    lossless = True
    feed: ClassVar[type[Feed]] = NetworkFeed

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._feed = self.target.feed(NetworkFeed)
        self.seen: int = 0
        self.streams: Streams = Streams()
        self._appetite = Appetite()
        self._remarked: set[tuple[int, int]] = set()

    @command
    def enable(
        self,
        max_total_buffer_size: int | None = None,
        max_resource_buffer_size: int | None = None,
        max_post_data_size: int | None = None,
    ) -> None:
        """Tell of requests from now on, and before that of those that are recorded.

        The sizes are what this front end wants at most; the host keeps no more
        and no less for them.

        Args:
            max_total_buffer_size: Bytes of the newest bodies that it can ask for.
            max_resource_buffer_size: Bytes of one body that it is given, the first ones.
            max_post_data_size: Bytes of a request's body within ``requestWillBeSent``: there
                are none, as a request is told before its body.
        """
        del max_post_data_size
        self._appetite = appetite(max_total_buffer_size, max_resource_buffer_size)
        if not self.enabled:
            super().enable()
            self.seen = 0
            self.replay(self._history())

    @command
    def disable(self) -> None:
        """Tell of no more requests."""
        super().disable()
        self.streams.clear()

    @command
    def get_response_body(self, request_id: str) -> types.ResponseBody:
        """Give the body of a response as far as the program has read it, decoded.

        Reading does not consume it: it can be asked for again.
        """
        exchange = self._find(request_id)
        shown = self._bodies(exchange).response()
        self._remark(exchange, shown)
        return types.ResponseBody(body=shown.text, base64_encoded=shown.base64_encoded)

    @command
    def get_request_post_data(self, request_id: str) -> types.PostData:
        """Give the body of a request as far as the program has sent it."""
        exchange = self._find(request_id)
        shown = self._bodies(exchange).request()
        self._remark(exchange, shown)
        return types.PostData(post_data=shown.text, base64_encoded=shown.base64_encoded)

    @command
    def stream_resource_content(self, request_id: str) -> types.BufferedData:
        """Give what there is of a response's body, and from now on the bytes of each new piece.

        There are no more of them than ``enable`` says that one body is to have.
        """
        exchange = self._find(request_id)
        self._appetite.check(self.target, exchange)
        so_far = self._feed.buffered(exchange)
        given = base64.b64encode(self.streams.begin(exchange, so_far, self._appetite.body))
        return types.BufferedData(buffered_data=given.decode("ascii"))

    @command
    def search_in_response_body(
        self,
        request_id: str,
        query: str,
        case_sensitive: bool = False,  # noqa: FBT001, FBT002  # a parameter of the protocol's
        is_regex: bool = False,  # noqa: FBT001, FBT002
    ) -> SearchResult:
        """Give the lines of a response's body in which something is found, if it is text.

        Args:
            query: A text, or a regular expression.
            case_sensitive: Whether capitals differ from small letters.
            is_regex: Whether *query* is a regular expression.
        """
        wanted = expression(query, case_sensitive=case_sensitive, is_regex=is_regex)
        shown = self._bodies(self._find(request_id)).response()
        return SearchResult(result=[] if shown.base64_encoded else search(shown.text, wanted))

    @command
    def load_network_resource(
        self,
        url: str,
        options: LoadNetworkResourceOptions,
        frame_id: str | None = None,
    ) -> LoadedResource:
        """Open a source file that has occurred in a stack, or its source map; nothing else.

        Args:
            url: That of a file, of its source in a source map, or of that map.
            options: They make no difference.
            frame_id: It makes none either.
        """
        del options, frame_id
        resource = self.session.domain(Debugger).resource(url)
        if resource is None:
            return missing()
        return found(self.session.domain(IO).open(resource.data), resource.content_type)

    def takes(self, exchange: Exchange) -> bool:
        """Whether news of *exchange* are to be sent: not if its history still is."""
        if exchange.sequence > self.seen and self.replaying:
            return False
        self.seen = max(self.seen, exchange.sequence)
        self._announce(exchange)
        return True

    def _history(self) -> Iterator[Iterator[object]]:
        for exchange in self.target.history():
            gap, self.seen = exchange.sequence - self.seen - 1, exchange.sequence
            self._announce(exchange)
            yield self._feed.history(exchange)
            if gap:
                remark(self.session, exchange, f"{gap:,} before this one are not kept any more")

    def _announce(self, exchange: Exchange) -> None:
        self.session.domain(Debugger).announce(exchange)

    def _bodies(self, exchange: Exchange) -> Bodies:
        self._appetite.check(self.target, exchange)
        return bodies_of(self.target, exchange, self._appetite)

    def _remark(self, exchange: Exchange, shown: Display) -> None:
        """Say in the Console, once, what can't stand under bytes."""
        if shown.note and shown.base64_encoded and exchange.key not in self._remarked:
            self._remarked.add(exchange.key)
            remark(self.session, exchange, shown.note)

    def _find(self, wanted: str) -> Exchange:
        exchange = self.target.exchange(wanted)
        if exchange is None:
            raise CommandError(f"no request {wanted!r} is recorded, or not any more")
        return exchange


def _without_bytes(event: object) -> object:
    if isinstance(event, types.DataReceived) and event.data is not None:
        return attrs.evolve(event, data=None)
    return event
