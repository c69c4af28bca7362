"""A body as it was before ``Content-Encoding``, also where that is wrong."""

from __future__ import annotations

from .codings import Coding, UnknownCoding, coding

MAX_DECODED = 50_000_000
"""Bytes; a body that swells beyond is cut, so that a bomb can't fill the memory."""
MAX_CODINGS = 5
"""In a row; nobody means more."""

_NONE = ("", "identity")
_LONGEST_HEAD = 262_144


class ContentDecoder:
    """Undoes the codings of one body, piece by piece.

    What is not encoded as announced comes out as it went in from there on: a
    wrong header must not hide the bytes.

    Args:
        encoding: The value of ``Content-Encoding``: the codings, in the order they were applied.
    """

    def __init__(self, encoding: str) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name not in _NONE]
        if len(names) > MAX_CODINGS:
            names = [encoding]
        self._stages = [_Stage(name) for name in reversed(names)]

    @property
    def trouble(self) -> str:
        """What went wrong so far, as a phrase; empty if nothing did."""
        return next((stage.trouble for stage in self._stages if stage.trouble), "")

    def decode(self, data: bytes) -> bytes:
        """Give what *data*, the next bytes of the body, decodes to."""
        for stage in self._stages:
            data = stage.decode(data)
        return data

    def finish(self) -> bytes:
        """Give what came and was taken for the beginning of something, now that nothing follows."""
        data = b""
        for stage in self._stages:
            data = stage.decode(data) + stage.finish()
        return data

    def skip(self) -> bytes:
        """Take note that bytes are missing here: what was encoded can't be read from there on."""
        for stage in self._stages:
            stage.skip()
        return b""


class _Stage:
    """One coding of a body."""

    def __init__(self, name: str) -> None:
        self.trouble = ""
        self._name = name
        self._coding: Coding | None = None
        # What went in while nothing has come out: it may turn out not to be encoded.
        self._begun = b""
        self._decoded = 0
        self._missed = False
        try:
            self._coding = coding(name)
        except UnknownCoding as error:
            self.trouble = f"it is shown as it came: {error}"

    def decode(self, data: bytes) -> bytes:
        if self._coding is None:
            return b"" if self._missed else data
        room = MAX_DECODED - self._decoded
        if room <= 0:
            return b""
        try:
            decoded = self._coding.decompress(data, room)
        except Exception as error:  # each library has its own
            return self._give_up(data, error)
        self._note(data, decoded)
        return decoded

    def finish(self) -> bytes:
        if self._coding is None or self._coding.over or not self._begun:
            return b""
        return self._give_up(b"", EOFError("it ends too early"))

    def skip(self) -> None:
        if self._coding is not None:
            self._coding, self._missed = None, True

    def _give_up(self, data: bytes, error: Exception) -> bytes:
        self._coding = None
        where = f" from byte {self._decoded:,} on" if self._decoded else ""
        reason = f"the content coding {self._name!r} does not fit ({error})"
        self.trouble = f"it is shown as it came{where}: {reason}"
        return data if self._decoded else self._begun + data

    def _note(self, data: bytes, decoded: bytes) -> None:
        self._decoded += len(decoded)
        self._begun = b"" if self._decoded else (self._begun + data)[:_LONGEST_HEAD]
        if self._decoded >= MAX_DECODED:
            self.trouble = f"what {self._name!r} decodes to is cut after {MAX_DECODED:,} bytes"
