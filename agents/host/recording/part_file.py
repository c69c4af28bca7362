"""A file that is written beside the one whose place it takes when it is whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress

import attrs

from ....channels import TapscopeError


class RecordingError(TapscopeError):
    """A recording can't be written, or read: the file, the disk or its owner is at fault."""


@attrs.define(eq=False)
class PartFile:
    """Begun as ``NAME.xxxx.part``, for this user alone, as traffic is full of secrets.

    Attributes:
        path: What it is going to be; where that is a link, what it leads to.
        part: What it is until then.
    """

    path: str
    part: str
    _descriptor: int

    @classmethod
    def begin(cls, path: str) -> PartFile:
        """Begin the file that is going to be *path*; what is there stays until then.

        Raises:
            RecordingError: There can be no such file.
        """
        target = os.path.realpath(path)
        if os.path.exists(target) and not os.path.isfile(target):
            raise RecordingError(f"can't write {path}: it is no file")
        folder, name = os.path.split(target)
        try:
            if os.path.exists(target) and not os.access(target, os.W_OK):
                raise PermissionError(None, "it is read-only")
            number, part = tempfile.mkstemp(".part", f"{name}.", folder)
        except OSError as error:
            raise RecordingError(f"can't write {path}: {error.strerror}") from error
        return cls(target, part, number)

    def write(self, data: bytes, at: int) -> None:
        """Write *data*, and let the file end with it.

        Raises:
            OSError: There is no room for it; what is before *at* is still there.
        """
        rest = memoryview(data)
        end = at
        while rest:
            written = os.pwrite(self._descriptor, rest, end)
            end += written
            rest = rest[written:]
        os.ftruncate(self._descriptor, end)

    def read(self, begin: int, end: int) -> bytes:
        """Give what stands from *begin* to *end*."""
        return os.pread(self._descriptor, end - begin, begin)

    def another(self) -> PartFile:
        """Begin another that could take the same name.

        Raises:
            RecordingError: There can be none.
        """
        return PartFile.begin(self.path)

    def keep(self) -> None:
        """Give it its name.

        Raises:
            OSError: It can't be, and is left where it is.
        """
        os.close(self._descriptor)
        os.replace(self.part, self.path)

    def failure(self, error: OSError) -> RecordingError:
        """Give what tells that it could not be written."""
        reason = f"can't write {self.path}: {error.strerror}"
        return RecordingError(f"{reason}; what there is of it is {self.part}")

    def discard(self) -> None:
        """Remove it; what was there stays."""
        os.close(self._descriptor)
        with suppress(OSError):
            os.unlink(self.part)
