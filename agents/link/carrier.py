"""What moves the bytes of a link, as the program's side sees it."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable

# Taken now, as gevent replaces it in the module later.
from select import POLLIN, POLLOUT, poll
from socket import socketpair
from typing import Protocol

from ...channels import TapscopeError
from .address import LinkAddress, connect

LOCAL_ROOM = 1024 * 1024
"""Bytes that may wait in a local link, as sockets have room for some."""


class LinkClosed(TapscopeError):
    """The other side of the link is gone."""


class Carrier(Protocol):
    """One end of a link; no method blocks but :meth:`wait`."""

    def write(self, data: memoryview) -> int:
        """Send some of *data* now and give how many bytes; 0 when the link is full.

        Raises:
            LinkClosed: The other side is gone.
        """
        ...

    def read(self) -> bytes:
        """Give what has arrived; ``b""`` if nothing has.

        Raises:
            LinkClosed: The other side is gone.
        """
        ...

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Return when *seconds* are over or something has arrived, or, *writing*, there is room."""
        ...

    def wake(self) -> None:
        """End the :meth:`wait` of another thread, or the next one."""
        ...

    def close(self) -> None:
        """End the link."""
        ...


class SocketCarrier:
    """A link through a Unix socket to a host in another process.

    Raises:
        OSError: Nobody listens at the address.
    """

    def __init__(self, address: LinkAddress) -> None:
        self._socket = connect(address)
        self._socket.setblocking(False)
        # Sockets, since a closed one is known as such: a number of a closed pipe
        # may be a file of the program's by the time that another thread reads it.
        self._wakened, self._waker = socketpair()
        self._wakened.setblocking(False)

    def write(self, data: memoryview) -> int:
        """Send what the socket's buffer has room for."""
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            raise LinkClosed(str(error)) from error

    def read(self) -> bytes:
        """Receive what is there."""
        try:
            data = self._socket.recv(65536)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            raise LinkClosed(str(error)) from error
        if not data:
            raise LinkClosed("the host closed the link")
        return data

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Wait for the socket."""
        waiting = poll()
        try:
            waiting.register(self._socket, POLLIN | (POLLOUT if writing else 0))
            waiting.register(self._wakened, POLLIN)
            waiting.poll(seconds * 1000)
            self._wakened.recv(64)
        except (OSError, ValueError):
            return  # closed by another thread: the next read or write says so

    def wake(self) -> None:
        """End the wait."""
        with contextlib.suppress(OSError):
            self._waker.send(b"\0")

    def close(self) -> None:
        """Close the socket; a second call does nothing."""
        for each in (self._socket, self._wakened, self._waker):
            each.close()


class LocalCarrier:
    """A link within the process: what one side writes, the other takes.

    Args:
        written: Called when the program's side waits, in its thread, so that what
            it has written can be taken.
    """

    def __init__(self, written: Callable[[], None]) -> None:
        self._written = written
        self._up = bytearray()
        self._down: deque[bytes] = deque()
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._closed = False

    def take(self) -> bytes:
        """Give what the program's side has written."""
        with self._lock:
            data = bytes(self._up)
            self._up.clear()
        return data

    def deliver(self, data: bytes) -> None:
        """Let the program's side read *data*."""
        self._down.append(data)
        self._event.set()

    def write(self, data: memoryview) -> int:
        """Keep all of *data* to be taken, or nothing if much waits."""
        if self._closed:
            raise LinkClosed("the link was closed")
        with self._lock:
            if len(self._up) > LOCAL_ROOM:
                return 0
            self._up += data
        return len(data)

    def read(self) -> bytes:
        """Give what was delivered first."""
        return self._down.popleft() if self._down else b""

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Have what was written taken, then wait for a delivery."""
        self._written()
        if not writing and self._event.wait(seconds):
            self._event.clear()

    def wake(self) -> None:
        """End the wait."""
        self._event.set()

    def close(self) -> None:
        """Refuse what is written from now on."""
        self._closed = True
        self._event.set()
