"""A front end, as the host meets it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs
import orjson

from .domain import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    SESSION_NOT_FOUND,
    CommandError,
    Domain,
    encode_error,
    encode_result,
)

if TYPE_CHECKING:
    from .host import Host

D = TypeVar("D", bound=Domain)

_log = logging.getLogger("tapscope")

MAX_OUTBOX = 64 * 1024 * 1024
"""Bytes that may wait for a front end; one that does not read is given up then."""


@attrs.frozen
class Request:
    """A command as it came: its method, and its parameters unchecked."""

    method: str
    params: dict[str, Any]


class Session:
    """One front end's view of a host, without sockets: commands in, messages out.

    Made by :meth:`Host.connect`.

    Attributes:
        overflowed: Whether more waits than a front end may leave unread; it is
            to be disconnected, and nothing is added any more.
        replaying: Whether history is still to be sent.
    """

    def __init__(self, host: Host, wake: Callable[[], None]) -> None:
        self.host = host
        self.overflowed: bool = False
        self.replaying: bool = False
        self._wake = wake
        self._outbox: deque[bytes] = deque()
        self._waiting = 0
        self._replay: Iterator[list[bytes]] = iter(())
        # Any: each domain's constructor takes the session, as Domain's own can't say.
        self._domains = {domain.name: cast("Any", domain)(self) for domain in host.domains}

    def domain(self, kind: type[D]) -> D:
        """Give this session's object of a domain."""
        return cast("D", self._domains[kind.name])

    def receive(self, text: str) -> None:
        """Do what the front end says and answer it; what makes no sense gets an error."""
        id = None  # noqa: A001  # JSON-RPC's word
        try:
            message = _decode(text)
            id = _id(message)  # noqa: A001
            answer = self._answer(id, _request(message))
        except CommandError as error:
            answer = encode_error(id, error)
        self.send(answer)

    def send(self, message: bytes) -> None:
        """Leave *message* for the front end."""
        # Before this message: one alone may be longer than that.
        if self._waiting > MAX_OUTBOX:
            self.overflowed = True
        if not self.overflowed:
            self._outbox.append(message)
            self._waiting += len(message)
        self._wake()

    def replay(self, batches: Iterator[list[bytes]]) -> None:
        """Send *batches* as the front end takes them, each before what is sent after it."""
        self._replay = batches
        self.replaying = True
        self._wake()

    def take(self, limit: int = 262_144) -> list[bytes]:
        """Give the next messages, of about *limit* bytes in all; none if none wait."""
        taken: list[bytes] = []
        size = 0
        while size < limit and (self._outbox or self._refill()):
            message = self._outbox.popleft()
            self._waiting -= len(message)
            size += len(message)
            taken.append(message)
        return taken

    def close(self) -> None:
        """Let go: the front end has left."""
        for domain in self._domains.values():
            domain.close()
        self.host.disconnect(self)

    def _refill(self) -> bool:
        while self.replaying and not self._outbox:
            batch = next(self._replay, None)
            if batch is None:
                self.replaying = False
            else:
                self._outbox.extend(batch)
                self._waiting += sum(map(len, batch))
        return bool(self._outbox)

    def _answer(self, id: int, request: Request) -> bytes:  # noqa: A002  # JSON-RPC's word
        name, _, method = request.method.partition(".")
        domain = self._domains.get(name)
        command = domain.commands.get(method) if domain else None
        if command is None:
            raise CommandError(f"'{request.method}' wasn't found", METHOD_NOT_FOUND)
        arguments = command.arguments(request.params)
        try:
            return encode_result(id, command.function(domain, **arguments))
        except CommandError:
            raise
        except Exception as error:
            _log.exception("command %s failed", request.method)
            raise CommandError(f"{request.method} failed: {error!r}", INTERNAL_ERROR) from error


def _decode(text: str) -> dict[str, Any]:
    try:
        message: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise CommandError(f"this is not JSON: {error}", PARSE_ERROR) from error
    if not isinstance(message, dict):
        raise CommandError(f"a command is an object, not {text[:40]}", INVALID_REQUEST)
    return cast("dict[str, Any]", message)


def _id(message: dict[str, Any]) -> int:
    id = message.get("id")  # noqa: A001  # JSON-RPC's word
    if not isinstance(id, int) or isinstance(id, bool):
        raise CommandError(f"id: expected an integer, got {id!r:.40}", INVALID_REQUEST)
    return id


def _request(message: dict[str, Any]) -> Request:
    method, params = message.get("method"), message.get("params", {})
    if not isinstance(method, str):
        raise CommandError(f"method: expected a string, got {method!r:.40}", INVALID_REQUEST)
    if not isinstance(params, dict):
        raise CommandError(f"params: expected an object, got {params!r:.40}", INVALID_REQUEST)
    if "sessionId" in message:
        wanted = message["sessionId"]
        raise CommandError(f"there is no session {wanted!r:.40}", SESSION_NOT_FOUND)
    return Request(method, cast("dict[str, Any]", params))
