"""What moves the bytes of a link, as the program's side sees it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

# Taken now, as gevent replaces it in the module later.
from select import POLLIN, POLLOUT, poll
from typing import Protocol

from ...channels import TapscopeError
from .address import LinkAddress, connect


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
            waiting.poll(seconds * 1000)
        except (OSError, ValueError):
            return  # closed by another thread: the next read or write says so

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class LocalCarrier:
    """A link within the process: every write is handed over before it returns.

    Args:
        receive: Gets what the program's side writes, in the thread that writes.
    """

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        self._receive = receive
        self._arrived: deque[bytes] = deque()
        self._event = threading.Event()
        self._closed = False

    def deliver(self, data: bytes) -> None:
        """Let the program's side read *data*."""
        self._arrived.append(data)
        self._event.set()

    def write(self, data: memoryview) -> int:
        """Hand all of *data* over."""
        if self._closed:
            raise LinkClosed("the link was closed")
        self._receive(bytes(data))
        return len(data)

    def read(self) -> bytes:
        """Give what was delivered first."""
        return self._arrived.popleft() if self._arrived else b""

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Wait for a delivery; there is always room to write."""
        if not writing and self._event.wait(seconds):
            self._event.clear()

    def close(self) -> None:
        """Refuse what is written from now on."""
        self._closed = True
        self._event.set()
