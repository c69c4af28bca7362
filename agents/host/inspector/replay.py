"""A stream that plays back what was already read from it, and that two tasks may send on."""

from __future__ import annotations

import attrs
import trio
import trio.abc


@attrs.define(eq=False)
class ReplayStream(trio.abc.HalfCloseableStream):
    """Wraps *stream* for a reader that has to see *head* first.

    What follows the head is held back until ``release`` is called, and then begins with
    *early*: trio-websocket would not notice a frame that arrives before it has accepted.
    """

    _stream: trio.abc.HalfCloseableStream
    _head: bytes
    _early: bytes
    _released: trio.Event = attrs.field(factory=trio.Event, init=False)
    _sending: trio.Lock = attrs.field(factory=trio.Lock, init=False)

    def release(self) -> None:
        """Let the reader have what follows the head."""
        self._released.set()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        """Give the next bytes; the head and the early bytes come whole."""
        if self._head:
            head, self._head = self._head, b""
            return head
        await self._released.wait()
        if self._early:
            early, self._early = self._early, b""
            return early
        return await self._stream.receive_some(max_bytes)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send *data* when whoever is sending has finished."""
        async with self._sending:
            await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        """Return when nobody is sending and the stream takes more."""
        async with self._sending:
            await self._stream.wait_send_all_might_not_block()

    async def send_eof(self) -> None:
        """End this direction when whoever is sending has finished."""
        async with self._sending:
            await self._stream.send_eof()

    async def aclose(self) -> None:
        """Close the wrapped stream."""
        await self._stream.aclose()
