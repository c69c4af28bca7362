"""How long it took to open a connection: name resolution, TCP, TLS.

Every blocking client ends up in ``socket.getaddrinfo``, ``socket.connect`` and
``SSLContext.wrap_socket``, also one that carries its own copy of urllib3 or
opens the connection before it knows the request.  So these are watched, and
the integrations of the clients ask here for what they saw.
"""

from __future__ import annotations

import functools
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import monotonic_ns
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from ..channels.exchange import new_connection
from ..channels.http import Connection, client
from ._patch import Undo, hide_us, patch, report, undo_all
from ._tls import set_tls

_connections: WeakKeyDictionary[socket.socket, Connection] = WeakKeyDictionary()


@attrs.define(eq=False)
class Resolution:
    """One call of ``getaddrinfo``.

    Attributes:
        start: Nanoseconds of ``time.monotonic_ns()``, as is ``end``.
        addresses: The IP addresses it gave.
        thread: The identifier of the thread it ran in.
        connect_start: When the first of the addresses was tried.
    """

    start: int
    end: int
    addresses: frozenset[str]
    thread: int
    connect_start: int | None = None


_resolutions: deque[Resolution] = deque(maxlen=64)


def hook(_library: str = "socket") -> Undo:
    """Watch connections being opened, and TLS if ``ssl`` is imported."""
    undos = [
        patch(socket, "getaddrinfo", _wrap_getaddrinfo),
        patch(socket.socket, "connect", _wrap_connect),
    ]
    ssl = sys.modules.get("ssl")
    if ssl is not None:
        undos.append(patch(ssl.SSLContext, "wrap_socket", _wrap_wrap_socket))
    return undo_all(undos)


install = hook
"""Stands on nothing else."""


def connection_of(sock: Any) -> Connection:
    """Give the record of *sock*, the same every time; without times if nobody watched it open."""
    connection = watched_connection(sock)
    if connection is None:
        connection = new_connection()
        # Libraries that fake a network raise what they like.
        with suppress(Exception):
            _connections[sock] = connection
            _set_peer(connection, sock.getpeername())
        if hasattr(sock, "version"):
            set_tls(connection, sock)
    return connection


def watched_connection(sock: Any) -> Connection | None:
    """Give the record of *sock* if its opening was watched."""
    try:
        return _connections.get(sock)
    except Exception:
        # It need not be a socket of the standard library, so it may not be a key.
        return None


def resolution_of(address: str | None, after: int) -> Resolution | None:
    """Give the last name resolution that gave *address* and began at *after* or later."""
    for resolution in reversed(tuple(_resolutions)):
        if resolution.start >= after and address in resolution.addresses:
            return resolution
    return None


def _wrap_getaddrinfo(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def getaddrinfo(*args: Any, **kwargs: Any) -> Any:
        start = monotonic_ns() if client.start.has_subscribers else None
        try:
            found = original(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        if start is not None:
            try:
                addresses = frozenset([entry[4][0] for entry in found])
                thread = threading.get_ident()
                _resolutions.append(Resolution(start, monotonic_ns(), addresses, thread))
            except Exception:  # noqa: S110  # suppress() costs a microsecond
                pass
        return found

    return getaddrinfo


def _wrap_connect(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def connect(self: socket.socket, address: Any, /) -> Any:
        start = monotonic_ns() if client.start.has_subscribers else None
        resolution = _take_resolution(address, start) if start is not None else None
        try:
            result = original(self, address)
        except BaseException as error:
            hide_us(error)
            raise
        if start is not None:
            try:
                _connected(self, address, start, resolution)
            except Exception:
                report("socket")
        return result

    return connect


def _wrap_wrap_socket(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def wrap_socket(self: Any, sock: Any, *args: Any, **kwargs: Any) -> Any:
        connection = watched_connection(sock) if client.start.has_subscribers else None
        start = monotonic_ns()
        try:
            wrapped = original(self, sock, *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        if connection is not None:
            connection.tls_start, connection.tls_end = start, monotonic_ns()
            set_tls(connection, wrapped)
            with suppress(Exception):
                _connections[wrapped] = connection
        return wrapped

    return wrap_socket


def _take_resolution(address: Any, now: int) -> Resolution | None:
    """Find the resolution that *address* comes from: one made in this thread and not used up."""
    # A Unix socket's address is a path, and a wrong one may be anything.
    if not _resolutions or not isinstance(address, tuple):
        return None
    try:
        thread = threading.get_ident()
        # A copy, since other threads add to it meanwhile.
        for resolution in reversed(tuple(_resolutions)):
            if resolution.thread == thread and address[0] in resolution.addresses:
                if resolution.connect_start is None:
                    resolution.connect_start = now
                return resolution
    except Exception:  # noqa: S110  # suppress() costs a microsecond
        pass
    return None


def _connected(
    sock: socket.socket, address: Any, start: int, resolution: Resolution | None
) -> None:
    connection = _connections[sock] = new_connection()
    connection.connect_start, connection.connect_end = start, monotonic_ns()
    if resolution is not None:
        connection.dns_start, connection.dns_end = resolution.start, resolution.end
        connection.connect_start = resolution.connect_start
        try:  # noqa: SIM105  # suppress() costs a microsecond
            _resolutions.remove(resolution)
        except ValueError:
            pass
    _set_peer(connection, address)


def _set_peer(connection: Connection, address: Any) -> None:
    if isinstance(address, tuple):
        connection.remote_address, connection.remote_port = address[:2]
