"""Asks for each address that it reads from stdin, in a thread of a task of a task."""

import asyncio
import sys
import urllib.request


def ask(url: str) -> None:
    with urllib.request.urlopen(url) as response:  # the request
        response.read()


async def fetch(url: str) -> None:
    await asyncio.to_thread(ask, url)  # the thread


async def serve(url: str) -> None:
    await asyncio.create_task(fetch(url))  # the task


async def main() -> None:
    print("done", flush=True)
    while url := await asyncio.to_thread(sys.stdin.readline):
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(url.strip()))  # the group


asyncio.run(main())
