"""A small synchronous CDP client: what drives the browser in these tests."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Ping, Request, TextMessage

_READ_BYTES = 1 << 16


class CommandFailed(Exception):
    """The browser answered a command with an error, or a script threw."""


class Disconnected(Exception):
    """The other side refused or closed the WebSocket."""


class Client:
    """One WebSocket to a CDP server, used from one thread.

    Args:
        url: A ``ws://`` address.
        timeout: Seconds that one read may take; longer raises `TimeoutError`.

    Attributes:
        notifications: What came unasked while an answer was waited for.
    """

    def __init__(self, url: str, timeout: float = 60) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self.notifications: list[dict[str, Any]] = []
        self._last_id = 0
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout)
        self._events = self._read()
        self._send(Request(host=parts.netloc, target=parts.path or "/"))
        if not isinstance(next(self._events, None), AcceptConnection):
            self._socket.close()
            raise Disconnected(f"{url} refused the WebSocket")

    def call(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        """Give a command, and return its result.

        Raises:
            CommandFailed: the answer was an error.
        """
        number = self.say(method, session, **params)
        while (answer := self.receive()).get("id") != number:
            self.notifications.append(answer)
        if "error" in answer:
            raise CommandFailed(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def say(self, method: str, session: str | None = None, **params: object) -> int:
        """Give a command, whose answer is not waited for; return its id."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params}
        address = {} if session is None else {"sessionId": session}
        self._send(TextMessage(data=json.dumps(message | address)))
        return self._last_id

    def receive(self) -> dict[str, Any]:
        """Return the next message, an answer or a notification."""
        pieces: list[str] = []
        for event in self._events:
            if isinstance(event, Ping):
                self._send(event.response())
            elif isinstance(event, TextMessage):
                pieces.append(event.data)
                if event.message_finished:
                    message: dict[str, Any] = json.loads("".join(pieces))
                    return message
        raise Disconnected("the WebSocket was closed")

    def close(self) -> None:
        """Close the socket; the other side need not be there any more."""
        self._socket.close()

    def _send(self, event: Event) -> None:
        self._socket.sendall(self._protocol.send(event))

    def _read(self) -> Iterator[Event]:
        while data := self._socket.recv(_READ_BYTES):
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                if isinstance(event, CloseConnection):
                    return
                yield event
