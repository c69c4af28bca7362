"""Listening for programs, in a directory that only this user can enter."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator

from .errors import LaunchError
from .front_door import BACKLOG

# A Unix socket's address holds 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH = 100


def private_directory() -> str:
    """Make a directory that only this user can enter, with a path short enough for a socket.

    Raises:
        LaunchError: There is no place for one.
    """
    reasons: list[OSError] = []
    for parent in _temporary_directories():
        try:
            directory = tempfile.mkdtemp(prefix="tapscope-", dir=parent)
        except OSError as error:
            reasons.append(error)
            continue
        if len(os.fsencode(socket_path(directory))) <= _LONGEST_SOCKET_PATH:
            return directory
        remove(directory)
    reason = reasons[0] if reasons else "the paths of all temporary directories are too long"
    raise LaunchError(f"no private directory for the link: {reason}")


def _temporary_directories() -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):
        yield tempfile.gettempdir()
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield runtime
    yield from ("/tmp", "/var/tmp")  # noqa: S108  # mkdtemp makes the name unguessable


def socket_path(directory: str) -> str:
    """Give where the link's socket is in *directory*."""
    return os.path.join(directory, "link")  # an address, not a file to open


def listen_for_programs(directory: str) -> socket.socket:
    """Give the link's socket, listening in *directory*.

    Raises:
        LaunchError: It can't be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(socket_path(directory))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise LaunchError(f"can't listen on {socket_path(directory)}: {error}") from error
    return listener


def remove(directory: str) -> None:
    """Remove *directory* and the link's socket in it, as far as they are there."""
    for remove_it, path in ((os.unlink, socket_path(directory)), (os.rmdir, directory)):
        with contextlib.suppress(OSError):
            remove_it(path)
