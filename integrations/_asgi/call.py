"""One call of an ASGI application for one request, seen from the server's side of it.

The application gets a ``receive`` and a ``send`` of ours, which await the
server's and publish what passes: the very messages, in their order, and
nothing in between.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any

from ...channels.serving import ClientDisconnected, ResponseIncomplete, ServerExchange
from .._endpoint import name_of
from .._patch import hide_us, report
from .._telling import tell
from .scope import connection_of, endpoint_of, headers_of, protocol_of, url_of
from .types import Message, Receive, Scope, Send

# A framework may hand on a copy of a scope, which holds the same objects.
_SHARED = ("headers", "asgi")

_FILES = frozenset({"http.response.pathsend", "http.response.zerocopysend"})

# The scope that a call goes on for, and nothing once that is over: tasks that
# go on keep their context, but need not keep the request.
_told: ContextVar[Collection[Scope]] = ContextVar("tapscope_asgi_scope", default=())


class Call:
    """A call to be made inside ``with``, with its ``receive`` and ``send``.

    Made by :meth:`of`, which also publishes the start of the exchange.
    """

    __slots__ = (
        "_exchange",
        "_has_trailers",
        "_is_complete",
        "_receive",
        "_scope",
        "_send",
        "_token",
        "_told",
    )

    def __init__(
        self, exchange: ServerExchange, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._exchange = exchange
        self._scope = scope
        self._receive = receive
        self._send = send
        self._told = [scope]
        self._token: Token[Collection[Scope]] | None = None
        self._has_trailers = False
        self._is_complete = False

    @classmethod
    def of(
        cls, named: Any, scope: Scope, receive: Receive, send: Send, *, from_outside: bool
    ) -> Call | None:
        """Give the call of what is *named* for *scope*; ``None`` if it is none to be told of."""
        try:
            if scope["type"] != "http" or (not from_outside and _is_told(scope)):
                return None
            headers = headers_of(scope)
            exchange = ServerExchange.start(
                scope.get("method") or "GET",
                url_of(scope, headers),
                headers,
                protocol_of(scope),
                connection_of(scope),
                name_of(named),
                from_outside=from_outside,
            )
            return None if exchange is None else cls(exchange, scope, receive, send)
        except Exception:
            report("asgi")
            return None

    def __enter__(self) -> None:
        self._token = _told.set(self._told)
        self._exchange.enter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        exchange = self._exchange
        exchange.leave()
        if self._token is not None:
            # A coroutine may be closed in another context, where the token means nothing.
            with suppress(ValueError):
                _told.reset(self._token)
        if not exchange.ended:
            exchange.fail(error or _incomplete(exchange))
        self._told.clear()

    async def receive(self) -> Message:
        """Receive what the server gives next."""
        exchange = self._exchange
        token = exchange.pause()
        try:
            message = await self._receive()
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            exchange.resume(token)
        if not exchange.ended:
            tell("asgi", self._publish_received, message)
        return message

    async def send(self, message: Message) -> None:
        """Send *message* by the server."""
        exchange = self._exchange
        if not exchange.ended:
            tell("asgi", self._publish_sent, message)
        token = exchange.pause()
        try:
            await self._send(message)
        except BaseException as error:
            self._is_complete = False
            # So a server says that the client has gone away.
            if isinstance(error, OSError):
                exchange.fail(error)
            hide_us(error)
            raise
        finally:
            exchange.resume(token)
        if self._is_complete:
            exchange.finish()

    def _publish_received(self, message: Message) -> None:
        kind = message["type"]
        if kind == "http.request":
            self._exchange.received(_bytes(message.get("body", b"")))
        # This comes after the last send() too, before or after that has returned.
        elif kind == "http.disconnect" and not self._is_complete:
            error = ClientDisconnected("the client went away before the response was complete")
            self._exchange.fail(error)

    def _publish_sent(self, message: Message) -> None:
        exchange, kind = self._exchange, message["type"]
        if kind == "http.response.start":
            self._has_trailers = bool(message.get("trailers"))
            headers = headers_of(message)
            exchange.responded(int(message["status"]), "", headers, endpoint_of(self._scope))
        elif kind == "http.response.body":
            # A server leaves it out of the answer to HEAD.
            if self._scope.get("method") != "HEAD":
                exchange.sent(_bytes(message.get("body", b"")))
        elif kind in _FILES:
            exchange.sent_unseen(message.get("count"))
        self._is_complete = exchange.answered and self._is_last(message)

    def _is_last(self, message: Message) -> bool:
        kind = message["type"]
        if kind == "http.response.trailers":
            return not message.get("more_trailers")
        is_body = kind == "http.response.body" or kind in _FILES
        return is_body and not message.get("more_body") and not self._has_trailers


def _is_told(scope: Scope) -> bool:
    """Whether *scope* is one that a call goes on for here, or was made from that."""
    return any(
        scope is told or any(key in told and scope.get(key) is told[key] for key in _SHARED)
        for told in _told.get()
    )


def _bytes(body: Any) -> bytes:
    # By way of a view, as the bytes of a number are that many zeros.
    return body if type(body) is bytes else bytes(memoryview(body))


def _incomplete(exchange: ServerExchange) -> ResponseIncomplete:
    missing = "its response was complete" if exchange.answered else "it responded"
    return ResponseIncomplete(f"the application returned before {missing}")
