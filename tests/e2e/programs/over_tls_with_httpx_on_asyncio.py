"""Makes one request on a fresh connection with httpx on asyncio."""

import asyncio
import sys

import httpx


async def main() -> None:
    async with httpx.AsyncClient() as client:
        await client.get(f"{sys.argv[1]}/zipped")


asyncio.run(main())
print("done", flush=True)
sys.stdin.read()
