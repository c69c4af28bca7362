"""Listening for front ends, on the port that was asked for or on a free one.

A port that an earlier run of the same command has is taken over, if nothing but front ends
is left of that: they find the new run where the old one was.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import time

from .command_id import Command
from .errors import LaunchError, PortInUse
from .predecessor import ask_to_leave

DEFAULT_PORT = 9229
BACKLOG = 128
"""How many may knock before the host begins to run."""
_PORTS_TRIED = 100
_PORTS_ASKED = 5
_LEAVING = 5.0
"""Seconds in which a host that leaves has closed its port."""


def listen_for_front_ends(host: str, port: int | None, command: Command) -> socket.socket:
    """Give a socket that listens on *port* or, if that is None, on 9229 or the next free one.

    It is for front ends of *command*.

    Raises:
        PortInUse: The port was given, and is taken.
        LaunchError: The address can't be listened on.
    """
    if port is not None:
        return _listen_or_take_over(host, port, command)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED):
        with contextlib.suppress(PortInUse):
            if candidate < DEFAULT_PORT + _PORTS_ASKED:
                return _listen_or_take_over(host, candidate, command)
            return _listen(host, candidate)
    return _listen(host, 0)


def _listen_or_take_over(host: str, port: int, command: Command) -> socket.socket:
    try:
        return _listen(host, port)
    except PortInUse:
        if not ask_to_leave(host, port, command.id_at(port)):
            raise
    ends_at = time.monotonic() + _LEAVING
    while time.monotonic() < ends_at:
        with contextlib.suppress(PortInUse):
            return _listen(host, port)
        time.sleep(0.01)
    return _listen(host, port)


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # The page in DevTools may connect to 127.0.0.1 only, so a name's IPv4 address is better.
        family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise PortInUse(f"port {port} is in use") from error
        reason = getattr(error, "strerror", None) or error
        raise LaunchError(f"can't listen on {host} port {port}: {reason}") from error
