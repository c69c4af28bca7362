"""The server the benchmarks talk to: ``GET /N`` answers a JSON document of N bytes.

It does the least that a server can do, since whatever it does adds noise and
makes the cost of watching look small beside it.  Prints its port when it listens.
"""

from __future__ import annotations

import asyncio
import sys

_END = b"\r\n\r\n"


class Loopback(asyncio.Protocol):
    """One connection, kept alive unless the client asks for it to be closed."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_END)) >= 0:
            head, self._received = self._received[:end], self._received[end + len(_END) :]
            target = head.split(b" ", 2)[1]
            self._transport.write(self._answers.get(target) or self._make(target))
            if b"onnection: close" in head:
                self._transport.close()

    def _make(self, target: bytes) -> bytes:
        body = document(int(target.removeprefix(b"/")))
        head = (
            "HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nServer: loopback\r\n"
            "Content-Type: application/json\r\nCache-Control: no-store\r\n"
            f"X-Request-Id: 0123456789abcdef\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._answers[target] = answer = head.encode() + body
        return answer


def document(size: int) -> bytes:
    """Give a JSON document of exactly *size* bytes, 20 or more."""
    frame = b'{"text": "%b"}'
    return frame % (b"tapscope " * size)[: size - len(frame % b"")]


async def serve() -> None:
    """Serve until standard input ends, as it does with the benchmark's own process."""
    answers: dict[bytes, bytes] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Loopback(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    over = asyncio.Event()
    loop.add_reader(sys.stdin, over.set)
    await over.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
