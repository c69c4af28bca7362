"""What was published about WebSockets, put together by socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeAlias

import attrs

from tapscope import channels
from tapscope.channels.websocket import (
    Frame,
    SocketClosed,
    SocketFailed,
    SocketOpened,
    SocketOpening,
)
from tests.integrations.recording import header_in

PATIENCE = 60
"""Seconds to wait for what the other side does in its own time."""

Told: TypeAlias = tuple[str, int, bytes]
"""Whether it was sent or received, its opcode, and its payload."""


@attrs.define
class Socket:
    """One WebSocket as a subscriber saw it, the names of its events in order."""

    side: str
    opening: SocketOpening
    answer: SocketOpened | None = None
    closed: SocketClosed | None = None
    failed: SocketFailed | None = None
    frames: list[Frame] = attrs.field(factory=list[Frame])
    events: list[str] = attrs.field(factory=list[str])

    @property
    def opened(self) -> SocketOpened:
        """The answer to the handshake, which has to be there."""
        assert self.answer is not None
        return self.answer

    @property
    def end(self) -> SocketClosed:
        """The good end, which has to be there."""
        assert self.closed is not None, self.failed
        return self.closed

    @property
    def error(self) -> BaseException:
        """The error, which has to be there."""
        assert self.failed is not None, self.closed
        return self.failed.error

    @property
    def is_over(self) -> bool:
        return self.closed is not None or self.failed is not None

    def told(self) -> list[Told]:
        """All frames, in order."""
        return [
            ("sent" if each.sent else "received", each.opcode, payload(each.data))
            for each in self.frames
        ]

    def sent(self, opcode: int) -> list[bytes]:
        """The payloads of the frames of this kind that were sent."""
        return [payload for how, kind, payload in self.told() if (how, kind) == ("sent", opcode)]

    def received(self, opcode: int) -> list[bytes]:
        """The payloads of the frames of this kind that were received."""
        return [data for how, kind, data in self.told() if (how, kind) == ("received", opcode)]

    def asked(self, name: str) -> str | None:
        """Give a header of the handshake's request."""
        return header_in(self.opening.headers, name)

    def answered(self, name: str) -> str | None:
        """Give a header of the handshake's answer."""
        return header_in(self.opened.headers, name)


def payload(data: bytes | str) -> bytes:
    """Give it as bytes of its own: a library may use its buffer again."""
    return data.encode() if isinstance(data, str) else bytes(data)


class Sockets(list[Socket]):
    """All WebSockets, in the order of their starts."""

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[int, Socket] = {}
        self._changed = threading.Condition()

    def __call__(self, event: Any, channel: str) -> None:
        with self._changed:
            self._take(event, channel)
            self._changed.notify_all()

    def _take(self, event: Any, channel: str) -> None:
        _, side, name = channel.split(".")
        if isinstance(event, SocketOpening):
            self._by_id[event.id] = Socket(side, event)
            self.append(self._by_id[event.id])
        socket = self._by_id[event.id]
        socket.events.append(name)
        if isinstance(event, SocketOpened):
            socket.answer = event
        elif isinstance(event, Frame):
            socket.frames.append(attrs.evolve(event, data=payload(event.data)))
        elif isinstance(event, SocketClosed):
            socket.closed = event
        elif isinstance(event, SocketFailed):
            socket.failed = event

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Return once *is_so*: one side may know of the end before the other."""
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE), [each.events for each in self]

    def only(self, side: str) -> Socket:
        """Give the one socket there was on this side, once it is over."""
        self.wait(lambda: any(each.side == side for each in self))
        self.wait(lambda: all(each.is_over for each in self))
        sockets = [each for each in self if each.side == side]
        assert len(sockets) == 1, [each.opening.url for each in sockets]
        return sockets[0]


@contextmanager
def recording_sockets() -> Generator[Sockets]:
    """Record what is published meanwhile."""
    sockets = Sockets()
    with channels.subscribe("websocket.**", sockets):
        yield sockets
