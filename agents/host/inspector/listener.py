"""The inspector's port: who connects is answered, or becomes a front end."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import attrs
import trio

from .discovery import Site
from .http import Conversation
from .parting import hang_up
from .replay import ReplayStream
from .tasks import Tasks
from .websocket import FrontEnd, handshake

if TYPE_CHECKING:
    from ..host import Host

MAX_CONNECTIONS = 256
"""Open connections; who comes on top of them is turned away."""
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))

_log = logging.getLogger(__name__)


@attrs.define(eq=False)
class Listener:
    """Serves discovery and front ends; a connection that fails harms no other."""

    _host: Host
    _site: Site
    _front_ends: set[FrontEnd] = attrs.field(factory=set[FrontEnd], init=False)
    _open: int = attrs.field(default=0, init=False)

    async def serve(self, sockets: Iterable[socket.socket], connections: trio.Nursery) -> None:
        """Accept on the listening *sockets* until cancelled, and close them then.

        What came in lives on in the nursery *connections*, and so do commands that are async.
        """
        attend = partial(self._attend, Tasks(connections))
        listeners = [trio.SocketListener(trio.socket.from_stdlib_socket(s)) for s in sockets]
        await trio.serve_listeners(attend, listeners, handler_nursery=connections)

    async def dismiss(self, reason: str) -> None:
        """Tell every front end to go, with *reason*, and return when all have gone."""
        front_ends = list(self._front_ends)
        for front_end in front_ends:
            front_end.leave(reason)
        for front_end in front_ends:
            await front_end.gone.wait()

    async def _attend(self, tasks: Tasks, stream: trio.SocketStream) -> None:
        if self._open >= MAX_CONNECTIONS:
            await trio.aclose_forcefully(stream)
            return
        self._open += 1
        try:
            await self._converse(tasks, stream)
            await hang_up(stream)
        except* trio.BrokenResourceError:
            pass
        except* Exception:
            _log.exception("a connection failed, and is closed")
        finally:
            self._open -= 1
            stream.socket.close()

    async def _converse(self, tasks: Tasks, stream: trio.SocketStream) -> None:
        _detect_dead_peers(stream)
        conversation = Conversation(stream, self._site)
        upgrade = await conversation.hold()
        if upgrade is not None:
            replay = ReplayStream(stream, handshake(upgrade.key), conversation.early)
            await self._admit(FrontEnd(self._host, replay, tasks, upgrade.onlooker))

    async def _admit(self, front_end: FrontEnd) -> None:
        self._front_ends.add(front_end)
        try:
            await front_end.attend()
        finally:
            self._front_ends.discard(front_end)


def _detect_dead_peers(stream: trio.SocketStream) -> None:
    """Have the kernel find out about a client on another machine that vanished."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            stream.setsockopt(socket.IPPROTO_TCP, option, value)
