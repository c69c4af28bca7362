"""HTTP/1.1 on one connection of the inspector, up to a WebSocket or the end."""

from __future__ import annotations

from http import HTTPStatus

import attrs
import h11
import trio

from .discovery import Answer, Request, Site, Upgrade, refuse

MAX_HEAD = 16 * 1024
"""Bytes of a request's head."""
PATIENCE = 30.0
"""Seconds for one request and its answer, counted from the end of the one before."""
_READ = 64 * 1024

_HEADERS = (
    ("Cache-Control", "no-store"),
    # Keeps the answers, which hold the target's secret id, out of other sites' reach.
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


@attrs.define(eq=False)
class Conversation:
    """Answers requests on one connection, one after the other."""

    _stream: trio.SocketStream
    _site: Site
    _parser: h11.Connection = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)

    @property
    def early(self) -> bytes:
        """What the client sent behind the head that asked for an upgrade."""
        return self._parser.trailing_data[0]

    async def hold(self) -> Upgrade | None:
        """Answer until the client asks for the WebSocket; ``None`` if it never does.

        Raises:
            trio.BrokenResourceError: The client is gone.
        """
        while True:
            upgrade = None
            with trio.move_on_after(PATIENCE) as scope:
                upgrade = await self._exchange()
            if upgrade is not None or scope.cancelled_caught:
                return upgrade
            if self._parser.our_state is not h11.DONE:
                return None
            self._parser.start_next_cycle()

    async def _exchange(self) -> Upgrade | None:
        """Take one request and answer it; the parser's state tells whether more may follow."""
        try:
            request = await self._receive()
        except h11.RemoteProtocolError as error:
            status = HTTPStatus(error.error_status_hint)
            await self._send(refuse(status, "this is no HTTP/1.1 request"), last=True)
            return None
        if request is None:
            return None
        response = self._site.respond(_read_head(request))
        if isinstance(response, Upgrade):
            return response
        await self._send(
            response, bare=request.method == b"HEAD", last=self._parser.their_state is h11.SEND_BODY
        )
        return None

    async def _receive(self) -> h11.Request | None:
        """Read a head, and the end of a request without a body."""
        while True:
            event = self._parser.next_event()
            if event is h11.NEED_DATA:
                self._parser.receive_data(await self._stream.receive_some(_READ))
            elif isinstance(event, h11.Request):
                if _has_no_body(event):
                    self._parser.next_event()
                return event
            else:
                return None

    async def _send(self, answer: Answer, *, bare: bool = False, last: bool = False) -> None:
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            *_HEADERS,
            *answer.headers,
        ]
        if last:
            headers.append(("Connection", "close"))
        head = h11.Response(
            status_code=answer.status, headers=headers, reason=answer.status.phrase.encode()
        )
        parts = [head] if bare else [head, h11.Data(data=answer.body)]
        await self._stream.send_all(b"".join(map(self._serialize, [*parts, h11.EndOfMessage()])))

    def _serialize(self, event: h11.Event) -> bytes:
        return self._parser.send(event) or b""


def _has_no_body(head: h11.Request) -> bool:
    names = {name for name, _ in head.headers}
    return names.isdisjoint({b"content-length", b"transfer-encoding"})


def _read_head(head: h11.Request) -> Request:
    headers: dict[str, str] = {}
    for name, value in head.headers:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return Request(head.method.decode("latin-1"), head.target.decode("latin-1"), headers)
