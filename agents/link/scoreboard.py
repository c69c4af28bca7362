"""The memory in which a program notes the calls that it only counts, for the host to read.

It has places of one size.  A place has one msgpack array: the call's id, that of the
count it goes into, when it began, the thread's name, the parent, the arguments, and
those by name; or :data:`FREE` for its first byte.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

PLACES = 64
PLACE = 512
"""Bytes of a place."""
SIZE = PLACES * PLACE
FREE = b"\0"

_PREFIX = "tapscope-calls-"
_MEMORY = "/dev/shm"  # noqa: S108  # mkstemp makes the name unguessable
"""Files here are never written to a disk, which could hold up who changes them."""


def make_file() -> tuple[int, str]:
    """Make a file that nobody else can open; give its descriptor and its path.

    Raises:
        OSError: There is no room.
    """
    folder = _MEMORY if os.access(_MEMORY, os.W_OK | os.X_OK) else None
    descriptor, path = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    try:
        _fill(descriptor)
    except BaseException:
        os.close(descriptor)
        Path(path).unlink()
        raise
    return descriptor, path


def _fill(descriptor: int) -> None:
    # Takes the room now: without it a write to the mapped memory would end the program.
    if os.write(descriptor, bytes(SIZE)) < SIZE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def adopt_file(path: str) -> int:
    """Open the file that a program has made, and take its name away; give the descriptor.

    Raises:
        OSError: It is not there, or another file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    status = os.fstat(descriptor)
    ours = status.st_size == SIZE and status.st_uid == os.getuid()
    if not ours or not Path(path).name.startswith(_PREFIX):
        os.close(descriptor)
        raise OSError(f"{path!r} is no scoreboard of this user")
    Path(path).unlink()
    return descriptor
