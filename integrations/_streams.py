"""Bodies as httpcore takes and gives them: iterables, sync or async, that can be closed.

The asynchronous ones are iterators and not generators, because an abandoned
asynchronous generator is finished later, by the event loop, and the program's
own streams must end as they do without us.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from time import monotonic_ns
from typing import Any

from ..channels.exchange import ClientExchange
from ._patch import hide_us


class RequestStream:
    """A request's body, published as httpcore takes it.

    Attributes:
        exchange: The request's.
        send_end: When httpcore had written the last piece.
    """

    __slots__ = ("_stream", "exchange", "send_end")

    def __init__(self, stream: Any, exchange: ClientExchange) -> None:
        self.send_end: int | None = None
        self.exchange = exchange
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        sent = self.exchange.sent
        for data in self._stream:
            sent(bytes(data))
            yield data
        self.send_end = monotonic_ns()


class AsyncRequestStream:
    """A request's body, published as httpcore takes it.

    Attributes:
        exchange: The request's.
        send_end: When httpcore had written the last piece.
    """

    __slots__ = ("_stream", "exchange", "send_end")

    def __init__(self, stream: Any, exchange: ClientExchange) -> None:
        self.send_end: int | None = None
        self.exchange = exchange
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _SentPieces(aiter(self._stream), self)


class _SentPieces:
    __slots__ = ("_pieces", "_stream")

    def __init__(self, pieces: AsyncIterator[bytes], stream: AsyncRequestStream) -> None:
        self._pieces = pieces
        self._stream = stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            data = await anext(self._pieces)
        except StopAsyncIteration:
            self._stream.send_end = monotonic_ns()
            raise
        self._stream.exchange.sent(bytes(data))
        return data


class _Response:
    """A response's body, and what is known of its length."""

    # Looking up an attribute is slow in a class with __getattr__: once is enough.
    __slots__ = ("__weakref__", "_exchange", "_headers", "_method", "_status", "_stream")

    def __init__(self, response: Any, method: bytes, exchange: ClientExchange) -> None:
        self._stream = response.stream
        self._status = response.status
        self._headers = response.headers
        self._method = method
        self._exchange = exchange

    def _closed(self) -> None:
        exchange = self._exchange
        if not exchange.ended:
            exchange.finish(complete=self._is_complete())
        # httpx refers to its responses in circles, and what is left here waits for the collector.
        self._headers = ()

    def _is_complete(self) -> bool:
        if self._method == b"HEAD" or self._status in {204, 304}:
            return True
        for name, value in self._headers:
            if name.lower() == b"content-length":
                return bool(value == b"%d" % self._exchange.received_bytes)
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __del__(self) -> None:
        if not sys.is_finalizing():
            self._closed()


class ResponseStream(_Response):
    """A response's body, published as the program reads it."""

    __slots__ = ()

    def __iter__(self) -> Iterator[bytes]:
        exchange = self._exchange
        try:
            for data in self._stream:
                exchange.received(data)
                yield data
        except GeneratorExit:
            raise
        except BaseException as error:
            exchange.fail(error)
            hide_us(error)
            raise
        exchange.finish()

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._closed()


class AsyncResponseStream(_Response):
    """A response's body, published as the program reads it."""

    __slots__ = ()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _ReceivedPieces(aiter(self._stream), self._exchange)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._closed()


class _ReceivedPieces:
    __slots__ = ("_exchange", "_pieces")

    def __init__(self, pieces: Any, exchange: ClientExchange) -> None:
        self._pieces = pieces
        self._exchange = exchange

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            data: bytes = await anext(self._pieces)
        except StopAsyncIteration:
            self._exchange.finish()
            raise
        except GeneratorExit:
            self._exchange.finish(complete=False)
            raise
        except BaseException as error:
            self._exchange.fail(error)
            hide_us(error)
            raise
        self._exchange.received(data)
        return data

    async def aclose(self) -> None:
        await self._pieces.aclose()
