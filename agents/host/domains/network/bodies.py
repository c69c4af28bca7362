"""The bodies of an exchange, as the tabs Payload, Preview and Response show them."""

from __future__ import annotations

from typing import Protocol

import attrs

from ....link.messages import SocketOpening, WorkStarted
from ...api.rows import Row
from ...api.target import Target
from ...content.decoding import ContentDecoder
from ...content.display import ContentType, Display, display
from ...content.headers import find_header, joined_header
from ...protocol.errors import CommandError
from ...store.body import Body
from ...store.exchange import Exchange
from .appetite import Appetite
from .heads import RequestHead, ResponseHead
from .shown import row_of


class Bodies(Protocol):
    """What there is to show, and the bytes of it.

    Both methods raise :class:`CommandError` if there is nothing, or nothing any more.
    """

    def request(self) -> Display:
        """Give what was sent, its content coding undone."""
        ...

    def response(self) -> Display:
        """Give what came back, its content coding undone."""
        ...


def bodies_of(target: Target, exchange: Exchange, appetite: Appetite | None = None) -> Bodies:
    """Give the bodies of *exchange*, as much of them as *appetite* wants.

    Raises:
        CommandError: It is one that has none.
    """
    if isinstance(exchange.start, WorkStarted):
        return RowBodies(row_of(target, exchange), exchange.end is not None)
    if isinstance(exchange.start, SocketOpening):
        raise CommandError("a WebSocket has messages, and no body")
    return HttpBodies(exchange, appetite or Appetite())


@attrs.frozen
class HttpBodies:
    """The bodies of an HTTP exchange, on either side."""

    exchange: Exchange
    appetite: Appetite = attrs.field(factory=Appetite)

    def request(self) -> Display:
        """See :class:`Bodies`."""
        body = self.exchange.request_body
        if not body.length:
            raise CommandError(f"request {self.exchange.id!r} has sent no body")
        head = RequestHead.of(self.exchange)
        sent_as = ContentType.parse(find_header(head.pairs, "content-type"))
        return self._display(
            body, sent_as, ContentDecoder(joined_header(head.pairs, "content-encoding"))
        )

    def response(self) -> Display:
        """See :class:`Bodies`."""
        head = ResponseHead.of(self.exchange)
        if head is None:
            raise CommandError(f"request {self.exchange.id!r} has no response yet")
        return self._display(self.exchange.response_body, head.content_type, head.decoder())

    def decoded(self) -> bytes:
        """Give the bytes of what came back so far, its content coding undone."""
        head = ResponseHead.of(self.exchange)
        body = self.exchange.response_body
        if head is None:
            return body.data()
        decoder = head.decoder()
        decoded = decoder.decode(body.data())
        whole = self.exchange.end is not None and not body.cut
        return decoded + decoder.finish() if whole else decoded

    def _display(self, body: Body, content_type: ContentType, decoder: ContentDecoder) -> Display:
        data, unwanted = self.appetite.cut(_kept(body))
        decoded = decoder.decode(data)
        missing = [reason for reason in (_missing(body), unwanted) if reason]
        whole = self.exchange.end is not None and not missing
        if whole:
            decoded += decoder.finish()
        note = "; ".join([*missing, decoder.trouble] if decoder.trouble else missing)
        return display(decoded, content_type, note, whole=whole)


@attrs.frozen
class RowBodies:
    """What a domain shows in place of bodies."""

    row: Row | None
    ended: bool

    def request(self) -> Display:
        """See :class:`Bodies`."""
        if self.row is None or not self.row.payload:
            raise CommandError("this has no payload")
        return Display(self.row.payload, base64_encoded=False)

    def response(self) -> Display:
        """See :class:`Bodies`."""
        body = self.row.body if self.row else ""
        if not body and not self.ended:
            raise CommandError("nothing has come of this yet")
        return Display(body, base64_encoded=False)


def _kept(body: Body) -> bytes:
    if body.cut and not body.kept:
        raise CommandError(f"The body ({body.length:,} bytes) was not kept: {body.cut}")
    return body.data()


def _missing(body: Body) -> str:
    if not body.cut:
        return ""
    return f"{body.kept:,} of {body.length:,} bytes were kept: {body.cut}"
