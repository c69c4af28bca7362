"""A front end: one WebSocket client of one session.

All that tapscope knows of trio-websocket is here. It shakes hands, takes frames apart, answers
pings and closes; what the session has to say goes past it, as frames made by ``frames``.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_server_stream

from .frames import text_frames
from .replay import ReplayStream
from .tasks import Tasks

if TYPE_CHECKING:
    from ..host import Host
    from ..session.session import HostSession

MAX_MESSAGE = 16 * 1024 * 1024
"""Characters of one message from a front end; a longer one closes it with 1009."""
HANDSHAKE = 10.0
"""Seconds for the handshake."""
STALL = 60.0
"""Seconds that one batch may take to leave."""
GOODBYE = 2.0
"""Seconds for the close frame to leave and to be answered."""
_READ = 64 * 1024

_NORMAL, _GOING_AWAY, _NO_BINARY, _BROKEN, _TRY_AGAIN = 1000, 1001, 1003, 1011, 1013

_log = logging.getLogger(__name__)


@attrs.frozen
class _Farewell:
    code: int
    reason: str


@attrs.define(eq=False)
class FrontEnd:
    """One client from its handshake to its end."""

    _host: Host
    _stream: ReplayStream
    _tasks: Tasks
    _onlooker: bool
    _session: HostSession | None = attrs.field(default=None, init=False)
    _more: trio.Event = attrs.field(factory=trio.Event, init=False)
    _writing: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False)
    _over: bool = attrs.field(default=False, init=False)
    _farewell: _Farewell = attrs.field(default=_Farewell(_NORMAL, ""), init=False)
    gone: trio.Event = attrs.field(factory=trio.Event, init=False)
    """Set when ``attend`` has returned."""

    def leave(self, reason: str) -> None:
        """Tell the rest and say goodbye, because the inspector ends; in the loop's thread."""
        self._end(_GOING_AWAY, reason)

    async def attend(self) -> None:
        """Serve the client until either side has enough.

        Raises:
            ExceptionGroup: The client broke trio-websocket; nobody else is harmed by it.
        """
        try:
            async with trio.open_nursery() as nursery:
                with trio.fail_after(HANDSHAKE):
                    connection = await self._shake_hands(nursery)
                await self._converse(connection, nursery)
                with trio.move_on_after(GOODBYE):
                    await connection.aclose(self._farewell.code, self._farewell.reason)
                nursery.cancel_scope.cancel()
        finally:
            self.gone.set()

    async def _shake_hands(self, nursery: trio.Nursery) -> WebSocketConnection:
        request = await wrap_server_stream(
            nursery, self._stream, max_message_size=MAX_MESSAGE, receive_buffer_size=_READ
        )
        connection = await request.accept()
        self._stream.release()
        return connection

    async def _converse(self, connection: WebSocketConnection, nursery: trio.Nursery) -> None:
        """Run a session until the front end is over, whatever the reason."""
        session = self._host.connect(self._wake, self._tasks, onlooker=self._onlooker)
        self._session = session
        try:
            nursery.start_soon(self._read, connection, session)
            await self._write(connection, session)
        finally:
            session.close()

    async def _read(self, connection: WebSocketConnection, session: HostSession) -> None:
        with self._ending():
            while not self._over:
                message = await connection.get_message()
                if isinstance(message, bytes):
                    self._end(_NO_BINARY, "messages are JSON in text frames")
                elif not self._over:
                    session.receive(message)

    async def _write(self, connection: WebSocketConnection, session: HostSession) -> None:
        with self._ending(), self._writing:
            while not self._over:
                self._more = trio.Event()
                messages = session.take()
                if not messages:
                    await self._more.wait()
                elif connection.closed is None:
                    self._writing.deadline = trio.current_time() + STALL
                    await self._stream.send_all(text_frames(messages))
                    self._writing.deadline = math.inf
                else:
                    self._end(_NORMAL, "")
            if self._farewell.code == _GOING_AWAY:
                while messages := session.take():
                    await self._stream.send_all(text_frames(messages))
        if self._writing.cancelled_caught:
            self._end(_TRY_AGAIN, "the front end does not read")

    @contextmanager
    def _ending(self) -> Generator[None, None, None]:
        """End the front end, and nothing else, with whatever ends the block."""
        try:
            yield
        except (ConnectionClosed, trio.BrokenResourceError, trio.ClosedResourceError):
            self._end(_NORMAL, "")
        except Exception:
            _log.exception("a session failed, and its front end is closed")
            self._end(_BROKEN, "tapscope failed in this session")

    def _wake(self) -> None:
        self._more.set()
        if self._session is not None and self._session.overflowed:
            self._end(_TRY_AGAIN, "the front end reads too slowly")

    def _end(self, code: int, reason: str) -> None:
        if not self._over:
            self._over = True
            self._farewell = _Farewell(code, reason)
            self._more.set()
            # A batch on its way should leave whole, or the close frame is lost inside it.
            self._writing.deadline = trio.current_time() + GOODBYE


def handshake(key: str) -> bytes:
    """Give the head of a request that asks for a WebSocket with *key*, and for nothing else.

    trio-websocket gets to see this one in place of the client's, of which only the key matters
    once ``discovery`` has let it in: no extension (compression costs more than it saves on one
    machine), no header that its parser might not stand.
    """
    return (
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode("latin-1")
