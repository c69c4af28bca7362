"""A response's body, seen as the program reads it from ``http.client``.

The response's file is wrapped, and not its methods, because urllib3 reads
chunks from ``response.fp`` itself, past the response.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from http.client import IncompleteRead
from io import BufferedReader
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ..channels.exchange import ClientExchange
from ._chunked import ChunkedSplitter
from ._patch import hide_us

_ALL = sys.maxsize


def watch_body(response: Any, exchange: ClientExchange) -> None:
    """Publish what the program reads of *response*; at once the end if it has no body."""
    file, length = response.fp, response.length
    if file is None or length == 0:
        exchange.finish()
    else:
        watched = _WatchedReader if type(file) is BufferedReader else _WatchedFile
        chunks = ChunkedSplitter() if response.chunked else None
        response.fp = watched(file, exchange, length, chunks)


class Reading:
    """A response's file, and how far it has been read; the most common way to read it."""

    __slots__ = ("_chunks", "_exchange", "_file", "_left")

    def __init__(
        self,
        file: Any,
        exchange: ClientExchange,
        length: int | None,
        chunks: ChunkedSplitter | None,
    ) -> None:
        self._file = file
        self._exchange = exchange
        self._left: int | None = length
        self._chunks = chunks

    def read(self, size: int | None = -1, /) -> Any:
        try:
            data = self._file.read(size)
        except BaseException as error:
            self._exchange.fail(error)
            hide_us(error)
            raise
        self._took(data, _ALL if size is None or size < 0 else size)
        return data

    def _took(self, data: bytes | None, asked: int) -> None:
        raise NotImplementedError


# Where there was no compiler, all is the same but for the time.
if not TYPE_CHECKING:
    with contextlib.suppress(ImportError):
        from ._wire import Reading


class _WatchedReader(Reading):
    """The file of a response: reads from the real one and publishes what was read.

    Stands in for the real file in every other way too, its type included.
    """

    __slots__ = ("__weakref__",)

    def read1(self, size: int = -1, /) -> Any:
        return self._read_some(self._file.read1, size)

    def readline(self, size: int | None = -1, /) -> Any:
        return self._read_some(self._file.readline, size)

    def readinto(self, buffer: Any, /) -> Any:
        return self._read_into(self._file.readinto, buffer)

    def readinto1(self, buffer: Any, /) -> Any:
        return self._read_into(self._file.readinto1, buffer)

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        lines: list[bytes] = []
        for line in self:
            lines.append(line)
            if hint is not None and 0 < hint <= sum(map(len, lines)):
                break
        return lines

    def close(self) -> None:
        try:
            self._file.close()
        finally:
            self._closed()

    def detach(self) -> Any:
        self._closed()
        return self._file.detach()

    def _read_some(self, read: Any, size: int | None) -> Any:
        try:
            data = read(size)
        except BaseException as error:
            self._exchange.fail(error)
            hide_us(error)
            raise
        self._took(data, 0 if size == 0 else 1)
        return data

    def _read_into(self, read: Any, buffer: Any) -> Any:
        try:
            count = read(buffer)
        except BaseException as error:
            self._exchange.fail(error)
            hide_us(error)
            raise
        if not self._exchange.ended and count is not None:
            view = memoryview(buffer)
            is_plain = view.itemsize == 1 == view.ndim
            data = view[:count].tobytes() if is_plain else view.tobytes()[:count]
            self._took(data, min(view.nbytes, 1))
        return count

    def _took(self, data: bytes | None, asked: int) -> None:
        """Publish *data*; fewer bytes than *asked* come if the server closes the connection."""
        exchange = self._exchange
        if exchange.ended or data is None:
            return
        length, left = len(data), self._left
        if self._chunks is not None:
            self._took_chunks(self._chunks, data)
        elif length:
            exchange.received(data)
            if left is not None:
                self._left = left = left - length
                if left <= 0:
                    exchange.finish()
                    return
        if length < asked and not exchange.ended:
            self._ended(data)

    def _took_chunks(self, chunks: ChunkedSplitter, data: bytes) -> None:
        self._exchange.received(chunks.feed(data), len(data))
        if chunks.ended:
            self._exchange.finish()

    def _ended(self, data: bytes) -> None:
        chunks = self._chunks
        # Servers that leave the trailer out are common enough for http.client to bear with them.
        if chunks is not None and not chunks.in_trailer:
            self._exchange.fail(IncompleteRead(data, chunks.missing or None))
        elif chunks is None and self._left:
            self._exchange.fail(IncompleteRead(data, self._left))
        else:
            self._exchange.finish()

    def _closed(self) -> None:
        """Take note that the program reads no more."""
        if not self._exchange.ended:
            self._exchange.finish(complete=False)

    @property  # type: ignore[misc]  # a class is an attribute elsewhere; isinstance() asks it
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._file.__class__

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line: bytes = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self) -> Any:
        self._file.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


# Not by __getattr__, as looking up any attribute is slow in a class that has that.
for _name in set(dir(BufferedReader)) - set(dir(_WatchedReader)):
    if not _name.startswith("__"):
        setattr(_WatchedReader, _name, property(attrgetter(f"_file.{_name}")))


class _WatchedFile(_WatchedReader):
    """A file of another type, which may have any attribute."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
