"""The id of a command's target: the same whenever it is run again, and known to its user alone."""

from __future__ import annotations

import hmac
import os
import stat
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

import attrs

_KEY_LENGTH = 32


@attrs.frozen
class Command:
    """What is run, and where."""

    title: str
    url: str
    folder: str

    def id_at(self, port: int) -> str:
        """Give the id of its target at *port*; a random one where no key can be kept."""
        try:
            key = _key(_state_folder())
        except (OSError, RuntimeError):
            return str(uuid.uuid4())
        words = [self.title, self.url, self.folder, str(port)]
        message = "\0".join(words).encode("utf-8", "surrogateescape")
        digest = hmac.digest(key, message, "sha256")
        return str(uuid.UUID(bytes=digest[:16], version=4))


def _state_folder() -> Path:
    given = os.environ.get("XDG_STATE_HOME", "")
    base = Path(given) if os.path.isabs(given) else Path.home() / ".local" / "state"
    return base / "tapscope"


def _key(folder: Path) -> bytes:
    """Give the user's key, made the first time.

    Raises:
        OSError: It can't be kept, or others may have had it.
    """
    path = folder / "key"
    with suppress(FileNotFoundError):
        return _read(path)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Linked to its place once it is whole: others of this user may be about to do the same.
    descriptor, made = tempfile.mkstemp(dir=folder)
    try:
        os.write(descriptor, os.urandom(_KEY_LENGTH))
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        os.close(descriptor)
        os.unlink(made)
    return _read(path)


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(descriptor)
        key = os.read(descriptor, _KEY_LENGTH + 1)
    finally:
        os.close(descriptor)
    private = stat.S_ISREG(found.st_mode) and not stat.S_IMODE(found.st_mode) & 0o077
    if not private or found.st_uid != os.geteuid() or len(key) != _KEY_LENGTH:
        raise PermissionError(f"{path} is no key that only its user could read")
    return key
