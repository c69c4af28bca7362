"""What moves the bytes of a link, as the program's side sees it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from _thread import allocate_lock
from collections import deque
from collections.abc import Callable

# These are taken now, as gevent replaces them in their modules later.
from select import POLLIN, POLLOUT, poll
from socket import SO_SNDBUF, SOL_SOCKET, socket
from typing import Protocol

from ...channels import TapscopeError
from .address import LinkAddress, connect

LOCAL_ROOM = 1024 * 1024
"""Bytes that may wait in a local link, as sockets have room for some."""
_HIGH = 200  # select() takes numbers below 1024


class LinkClosed(TapscopeError):
    """The other side of the link is gone."""


class Carrier(Protocol):
    """One end of a link; no method blocks but :meth:`wait`.

    Attributes:
        between_processes: Whether the other end is in another process, of this machine.
    """

    between_processes: bool

    def write(self, data: memoryview) -> int:
        """Send some of *data* now and give how many bytes; 0 when the link is full.

        Raises:
            LinkClosed: The other side is gone.
        """
        ...

    def make_room(self) -> None:
        """Have a full link take some more, for last words."""
        ...

    def read(self) -> bytes:
        """Give what has arrived; ``b""`` if nothing has.

        Raises:
            LinkClosed: The other side is gone.
        """
        ...

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Return when *seconds* are over or, *writing*, as soon as there is room."""
        ...

    def wake(self) -> None:
        """End the :meth:`wait` of another thread, or the next one."""
        ...

    def close(self) -> None:
        """End the link."""
        ...


class SocketCarrier:
    """A link through a Unix socket to a host in another process.

    Programs close descriptors that they do not know, or put files of theirs in
    the place; from then on the link counts as closed and that number is left alone.

    Raises:
        OSError: Nobody listens at the address.
    """

    between_processes: bool = True

    def __init__(self, address: LinkAddress) -> None:
        self._socket = _out_of_the_way(connect(address))
        self._socket.setblocking(False)
        self._file = _file(self._socket)
        # A lock and no second file: it can't be closed by the program.
        self._wakened = allocate_lock()
        self._wakened.acquire()

    def write(self, data: memoryview) -> int:
        """Send what the socket's buffer has room for."""
        try:
            return self._ours().send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            raise LinkClosed(str(error)) from error

    def make_room(self) -> None:
        """Double the socket's buffer, as far as the system allows."""
        with contextlib.suppress(OSError, LinkClosed):
            room = self._ours().getsockopt(SOL_SOCKET, SO_SNDBUF)
            self._ours().setsockopt(SOL_SOCKET, SO_SNDBUF, 2 * room)

    def read(self) -> bytes:
        """Receive what is there."""
        try:
            data = self._ours().recv(65536)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError as error:
            raise LinkClosed(str(error)) from error
        if not data:
            raise LinkClosed("the host closed the link")
        return data

    def wait(self, seconds: float, *, writing: bool) -> None:
        """Wait for room in the socket's buffer, or for :meth:`wake`."""
        if not writing:
            self._wakened.acquire(timeout=seconds)
            return
        waiting = poll()
        # Closed by another thread: the next read or write says so.
        with contextlib.suppress(OSError, ValueError, LinkClosed):
            waiting.register(self._ours(), POLLIN | POLLOUT)
            waiting.poll(seconds * 1000)

    def wake(self) -> None:
        """End the wait that is not for room, or the next one."""
        with contextlib.suppress(RuntimeError):  # it is to end already
            self._wakened.release()

    def close(self) -> None:
        """Close the socket; a second call does nothing."""
        with contextlib.suppress(OSError, LinkClosed):
            self._ours().close()
        self.wake()

    def _ours(self) -> socket:
        """The socket, if its number still stands for it.

        Raises:
            LinkClosed: The program closed it.
        """
        if self._socket.fileno() >= 0 and _file(self._socket) != self._file:
            self._socket.detach()
            raise LinkClosed("the program closed the link, a file that it did not open")
        return self._socket


def _file(connection: socket) -> tuple[int, int] | None:
    """What tells the open file from all others, whatever its number."""
    try:
        status = os.fstat(connection.fileno())
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _out_of_the_way(connection: socket) -> socket:
    """Give *connection* a high number, so that the program's files have those they always had."""
    try:
        number = fcntl.fcntl(connection, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    except OSError:  # fewer files than that are allowed
        return connection
    connection.close()
    return socket(fileno=number)


class LocalCarrier:
    """A link within the process: what one side writes, the other takes.

    Args:
        written: Called when the program's side waits, in its thread, so that what
            it has written can be taken.
    """

    between_processes: bool = False

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

    def make_room(self) -> None:
        """Do nothing: who takes it is in the same process."""

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
