"""Accepts WebSockets, prints where, and sends back in capitals what it gets."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, serve


async def shout(socket: ServerConnection) -> None:
    async for message in socket:
        assert isinstance(message, str)
        await socket.send(message.upper())


async def main() -> None:
    async with serve(shout, "127.0.0.1", int(sys.argv[1])):
        print("done", flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
