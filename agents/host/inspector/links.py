"""The link's socket: programs and keepers come in here."""

from __future__ import annotations

import logging
import math
import select
import socket
from typing import TYPE_CHECKING

import attrs
import trio

from ...link import LinkError
from .parting import hang_up

if TYPE_CHECKING:
    from ..host import Host
    from ..peer import LinkedPeer

MAX_LINKS = 512
"""Open links; who comes on top of them is turned away."""
GREETING = 5.0
"""Seconds in which a peer must have said who it is."""
FAREWELL = 1.0
"""Seconds for the last message to a peer to leave."""
MAX_OUTGOING = 8 * 1024 * 1024
"""Bytes that may wait for a program that does not read."""
_READ = 256 * 1024

_log = logging.getLogger(__name__)


@attrs.define(eq=False)
class LinkServer:
    """Serves the link; a peer that fails harms no other."""

    _host: Host
    _open: set[trio.SocketStream] = attrs.field(factory=set[trio.SocketStream], init=False)

    @property
    def unread(self) -> bool:
        """Whether a peer has said something, or has left, and that was not read yet."""
        descriptors = [stream.socket.fileno() for stream in self._open]
        readable = select.poll()
        for each in descriptors:
            if each >= 0:  # not closed
                readable.register(each, select.POLLIN)
        return bool(readable.poll(0))

    async def serve(self, listening: socket.socket, connections: trio.Nursery) -> None:
        """Accept on the socket *listening* until cancelled, and close it then.

        What came in lives on in the nursery *connections*.
        """
        listener = trio.SocketListener(trio.socket.from_stdlib_socket(listening))
        await trio.serve_listeners(self._attend, [listener], handler_nursery=connections)

    async def _attend(self, stream: trio.SocketStream) -> None:
        if len(self._open) >= MAX_LINKS:
            await trio.aclose_forcefully(stream)
            return
        self._open.add(stream)
        try:
            await Link(self._host, stream).attend()
            await hang_up(stream)
        except* trio.BrokenResourceError:
            pass
        except* Exception:
            _log.exception("a link failed, and is closed")
        finally:
            self._open.discard(stream)
            stream.socket.close()


@attrs.define(eq=False)
class Link:
    """One connection of a program, or of somebody who claims to be one."""

    _host: Host
    _stream: trio.SocketStream
    _outgoing: bytearray = attrs.field(factory=bytearray, init=False)
    _more: trio.Event = attrs.field(factory=trio.Event, init=False)
    _over: bool = attrs.field(default=False, init=False)

    async def attend(self) -> None:
        """Carry bytes both ways until the peer is gone.

        Raises:
            ExceptionGroup: The peer broke off, or something of ours failed.
        """
        peer = self._host.link(self._send)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write)
                await self._read(peer)
                self._over = True
                self._more.set()
                # Who is refused should hear why.
                nursery.cancel_scope.deadline = trio.current_time() + FAREWELL
        finally:
            peer.close()

    async def _read(self, peer: LinkedPeer) -> None:
        with trio.move_on_after(GREETING) as scope:
            while data := await self._stream.receive_some(_READ):
                try:
                    peer.receive(bytes(data))
                except LinkError as error:
                    _log.warning("a link is closed: %s", error)
                    return
                if peer.keeper or peer.process is not None:
                    scope.deadline = math.inf

    async def _write(self) -> None:
        while self._outgoing or not self._over:
            self._more = trio.Event()
            if self._outgoing:
                data, self._outgoing = self._outgoing, bytearray()
                await self._stream.send_all(data)
            else:
                await self._more.wait()

    def _send(self, data: bytes) -> None:
        """Queue a whole message; one too many is lost, since whoever asks has a deadline."""
        if len(self._outgoing) + len(data) > MAX_OUTGOING:
            _log.warning("%d bytes for a program that does not read are dropped", len(data))
            return
        self._outgoing += data
        self._more.set()
