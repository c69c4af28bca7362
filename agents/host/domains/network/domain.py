"""The commands of the Network domain, and who hears its events."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

import attrs

from ....link.messages import Event
from ...body import Body
from ...content import ContentType, display
from ...domain import CommandError, Domain, command, encode_event
from ...recorder import Exchange, Recorder
from ..debugger import Debugger
from . import types
from .headers import find
from .heads import RequestHead, ResponseHead
from .translation import Translator, decoded_body

if TYPE_CHECKING:
    from ...session import Session


_log = logging.getLogger("tapscope")

_REQUEST_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")


class Network(Domain):
    """What a program requests, and what it gets."""

    name = "Network"
    events: ClassVar[tuple[type, ...]] = (
        types.RequestWillBeSent,
        types.RequestWillBeSentExtraInfo,
        types.ResponseReceived,
        types.ResponseReceivedExtraInfo,
        types.DataReceived,
        types.LoadingFinished,
        types.LoadingFailed,
    )

    def __init__(self, session: Session) -> None:
        self._session = session
        self._feed = session.host.network
        self.seen: int = 0
        self.streaming: set[tuple[int, int]] = set()

    def close(self) -> None:
        """Stop telling: the session has left."""
        self.disable()

    @command
    def enable(
        self,
        max_total_buffer_size: int | None = None,
        max_resource_buffer_size: int | None = None,
        max_post_data_size: int | None = None,
    ) -> None:
        """Tell of requests from now on, and before that of those that are recorded.

        The sizes are taken for what this front end would like; the host's own
        budget holds for all of them.
        """
        del max_total_buffer_size, max_resource_buffer_size, max_post_data_size
        if self._feed.add(self):
            self.seen = 0
            self._session.replay(self._history())

    @command
    def disable(self) -> None:
        """Tell of no more requests."""
        self._feed.remove(self)
        self._session.replay(iter(()))
        self.streaming.clear()

    @command
    def get_response_body(self, request_id: str) -> types.ResponseBody:
        """Give the body of a response as far as the program has read it, decoded.

        Reading does not consume it: it can be asked for again.
        """
        exchange = self._find(request_id)
        head = ResponseHead.of(exchange)
        if head is None:
            raise CommandError(f"request {request_id!r} has no response yet")
        data = head.decoder().decode(_kept(exchange.response_body))
        shown = display(data, head.content_type, _note(exchange.response_body))
        return types.ResponseBody(body=shown.text, base64_encoded=shown.base64_encoded)

    @command
    def get_request_post_data(self, request_id: str) -> types.PostData:
        """Give the body of a request as far as the program has sent it."""
        exchange = self._find(request_id)
        body = exchange.request_body
        if not body.length:
            raise CommandError(f"request {request_id!r} has sent no body")
        sent_as = ContentType.parse(find(RequestHead.of(exchange).pairs, "content-type"))
        shown = display(_kept(body), sent_as, _note(body))
        return types.PostData(post_data=shown.text, base64_encoded=shown.base64_encoded)

    @command
    def stream_resource_content(self, request_id: str) -> types.BufferedData:
        """Give what there is of a response's body, and from now on the bytes of each new piece."""
        exchange = self._find(request_id)
        if exchange.end is None:
            self.streaming.add(exchange.key)
        decoded = base64.b64encode(decoded_body(exchange))
        return types.BufferedData(buffered_data=decoded.decode("ascii"))

    def tell(self, exchange: Exchange, messages: list[bytes]) -> None:
        """Send *messages* about *exchange*, if its history is not still to be sent."""
        if exchange.sequence <= self.seen or not self._session.replaying:
            self.seen = max(self.seen, exchange.sequence)
            self._announce(exchange)
            for message in messages:
                self._session.send(message)
        if exchange.end is not None:
            self.streaming.discard(exchange.key)

    def _history(self) -> Iterator[list[bytes]]:
        while (exchange := self._feed.recorder.after(self.seen)) is not None:
            self.seen = exchange.sequence
            self._announce(exchange)
            yield self._feed.history(exchange)

    def _announce(self, exchange: Exchange) -> None:
        self._session.domain(Debugger).announce_stack(exchange)

    def _find(self, wanted: str) -> Exchange:
        exchange = self._feed.find(wanted)
        if exchange is None:
            raise CommandError(f"no request {wanted!r} is recorded, or not any more")
        return exchange


class NetworkFeed:
    """Translates each event once, for all sessions that have the domain enabled."""

    def __init__(self, recorder: Recorder, translator: Translator) -> None:
        self.recorder = recorder
        self.translator = translator
        self._enabled: list[Network] = []

    def add(self, domain: Network) -> bool:
        """Tell *domain* what happens from now on; False if that is done already."""
        if domain in self._enabled:
            return False
        self._enabled.append(domain)
        return True

    def remove(self, domain: Network) -> None:
        """Tell *domain* no more."""
        if domain in self._enabled:
            self._enabled.remove(domain)
        if not self._enabled:
            self.translator.forget()

    def tell(self, exchange: Exchange, event: Event) -> None:
        """Translate *event* and send it to every front end that wants it."""
        if not self._enabled:
            return
        streamers = [domain for domain in self._enabled if exchange.key in domain.streaming]
        events = list(self.translator.live(exchange, event, streaming=bool(streamers)))
        plain = [encode_event(Network, _without_bytes(event)) for event in events]
        streamed = [encode_event(Network, event) for event in events] if streamers else plain
        for domain in list(self._enabled):
            domain.tell(exchange, streamed if domain in streamers else plain)

    def history(self, exchange: Exchange) -> list[bytes]:
        """Give what there is to tell of *exchange*; nothing if that can't be shown."""
        try:
            return [encode_event(Network, event) for event in self.translator.history(exchange)]
        except Exception:
            _log.exception("%s can't be shown", exchange.start.url)
            return []

    def find(self, wanted: str) -> Exchange | None:
        """Give the newest exchange that front ends know by the request id *wanted*."""
        if not _REQUEST_ID.fullmatch(wanted):
            return None
        process, _, first = wanted.partition(".")
        return self.recorder.newest(int(process), int(first))


def _kept(body: Body) -> bytes:
    if body.cut and not body.kept:
        raise CommandError(f"The body ({body.length:,} bytes) was not kept: {body.cut}")
    return body.data()


def _note(body: Body) -> str:
    if not body.cut:
        return ""
    return f"\n[tapscope: {body.kept:,} of {body.length:,} bytes were kept: {body.cut}]\n"


def _without_bytes(event: object) -> object:
    if isinstance(event, types.DataReceived) and event.data is not None:
        return attrs.evolve(event, data=None)
    return event
