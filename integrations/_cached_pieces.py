"""The body of a response that a cache gives piece by piece."""

from __future__ import annotations

from typing import Any

from ..channels.exchange import ClientExchange
from ._patch import hide_us


class Pieces:
    """Gives what *pieces* gives, and publishes it; none of it came over the network."""

    __slots__ = ("_exchange", "_pieces")

    def __init__(self, pieces: Any, exchange: ClientExchange) -> None:
        self._pieces = iter(pieces)
        self._exchange = exchange

    def __iter__(self) -> Pieces:
        return self

    def __next__(self) -> bytes:
        try:
            data: bytes = next(self._pieces)
        except StopIteration:
            self._exchange.finish()
            raise
        except BaseException as error:
            self._exchange.fail(error)
            hide_us(error)
            raise
        self._exchange.received(data, 0)
        return data

    def close(self) -> None:
        try:
            if hasattr(self._pieces, "close"):
                self._pieces.close()
        finally:
            self._exchange.finish(complete=False)


class AsyncPieces:
    """Gives what *pieces* gives, and publishes it; none of it came over the network."""

    __slots__ = ("_exchange", "_pieces")

    def __init__(self, pieces: Any, exchange: ClientExchange) -> None:
        self._pieces = aiter(pieces)
        self._exchange = exchange

    def __aiter__(self) -> AsyncPieces:
        return self

    async def __anext__(self) -> bytes:
        try:
            data: bytes = await anext(self._pieces)
        except StopAsyncIteration:
            self._exchange.finish()
            raise
        except BaseException as error:
            self._exchange.fail(error)
            hide_us(error)
            raise
        self._exchange.received(data, 0)
        return data

    async def aclose(self) -> None:
        try:
            if hasattr(self._pieces, "aclose"):
                await self._pieces.aclose()
        finally:
            self._exchange.finish(complete=False)
