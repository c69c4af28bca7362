"""A server of WebSockets for the watched programs, in threads of the test process."""

from __future__ import annotations

import threading
from contextlib import suppress
from http import HTTPStatus

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

_CHAT = [Subprotocol("chat")]


class Echo:
    """A running server on a port of its own, which sends back what it gets.

    Attributes:
        url: Where it is, without a slash at the end.
    """

    def __init__(self) -> None:
        self._server = serve(
            _echo,
            "127.0.0.1",
            0,
            process_request=_refuse_strangers,
            subprotocols=_CHAT,
        )
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """Stop serving, and free the port."""
        self._server.shutdown()
        self._thread.join()


def _echo(connection: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        for message in connection:
            connection.send(message)


def _refuse_strangers(connection: ServerConnection, request: Request) -> Response | None:
    if request.path == "/private":
        return connection.respond(HTTPStatus.FORBIDDEN, "members only\n")
    return None
