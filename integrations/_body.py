"""A response's body, seen as the program reads it from ``http.client``.

The response's file is wrapped, and not its methods, because urllib3 reads
chunks from ``response.fp`` itself, past the response.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.client import IncompleteRead
from typing import Any

from ..channels.exchange import ClientExchange
from ._chunked import ChunkedSplitter


def watch_body(response: Any, exchange: ClientExchange) -> None:
    """Publish what the program reads of *response*; at once the end if it has no body."""
    if response.fp is None or response.length == 0:
        exchange.finish()
    else:
        response.fp = _WatchedFile(
            response.fp, exchange, response.length, is_chunked=response.chunked
        )


class _WatchedFile:
    """The file of a response: reads from the real one and publishes what was read.

    Stands in for the real file in every other way too, its type included.
    """

    __slots__ = ("__weakref__", "_chunks", "_exchange", "_file", "_left")

    def __init__(
        self, file: Any, exchange: ClientExchange, length: int | None, *, is_chunked: bool
    ) -> None:
        self._file = file
        self._exchange = exchange
        self._chunks = ChunkedSplitter() if is_chunked else None
        self._left = length

    def read(self, size: int | None = -1, /) -> Any:
        try:
            data = self._file.read(size)
        except BaseException as error:
            self._exchange.fail(error)
            raise
        if not self._exchange.ended:
            if data:
                self._saw(data)
            if data is not None and (size is None or size < 0 or len(data) < size):
                self._saw_end(data)
        return data

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
            if not self._exchange.ended:
                self._exchange.finish(complete=False)

    def detach(self) -> Any:
        self._exchange.finish(complete=False)
        return self._file.detach()

    def _read_some(self, read: Any, size: int | None) -> Any:
        try:
            data = read(size)
        except BaseException as error:
            self._exchange.fail(error)
            raise
        if not self._exchange.ended:
            if data:
                self._saw(data)
            elif data is not None and size != 0:
                self._saw_end(b"")
        return data

    def _read_into(self, read: Any, buffer: Any) -> Any:
        try:
            count = read(buffer)
        except BaseException as error:
            self._exchange.fail(error)
            raise
        if not self._exchange.ended and count is not None:
            view = memoryview(buffer)
            if not count:
                if view.nbytes:
                    self._saw_end(b"")
            elif view.itemsize == 1 == view.ndim:
                self._saw(view[:count].tobytes())
            else:
                self._saw(view.tobytes()[:count])
        return count

    def _saw(self, data: bytes) -> None:
        exchange = self._exchange
        if self._chunks is not None:
            exchange.received(self._chunks.feed(data), len(data))
            if self._chunks.ended:
                exchange.finish()
            return
        exchange.received(data)
        if self._left is not None:
            self._left -= len(data)
            if self._left <= 0:
                exchange.finish()

    def _saw_end(self, data: bytes) -> None:
        """End the exchange, as the server has closed the connection."""
        exchange = self._exchange
        if exchange.ended:
            return
        # Servers that leave the trailer out are common enough for http.client to bear with them.
        if self._chunks is not None and not self._chunks.in_trailer:
            exchange.fail(IncompleteRead(data, self._chunks.missing or None))
        elif self._chunks is None and self._left:
            exchange.fail(IncompleteRead(data, self._left))
        else:
            exchange.finish()

    @property  # type: ignore[misc]  # a class is an attribute elsewhere; isinstance() asks it
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._file.__class__

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

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
