"""Makes one request of each kind with httpx on trio."""

import sys
from typing import Any

import httpx
import trio

ORIGIN, NOBODY = sys.argv[1:]


async def fetch(client: httpx.AsyncClient, method: str, url: str, **options: Any) -> httpx.Response:
    return await client.request(method, url, **options)  # the call to be found


async def main() -> None:
    async with httpx.AsyncClient(follow_redirects=True) as client:
        asked_by = {"X-Asked-By": "httpx on trio"}
        await fetch(client, "GET", f"{ORIGIN}/record", params={"name": "ada"}, headers=asked_by)
        await fetch(client, "GET", f"{ORIGIN}/page")
        await fetch(client, "GET", f"{ORIGIN}/picture.png")
        await fetch(client, "GET", f"{ORIGIN}/zipped")
        await fetch(client, "POST", f"{ORIGIN}/form", data={"name": "Ada", "note": "a & b"})
        await fetch(client, "POST", f"{ORIGIN}/submit", json={"numbers": [1, 2]})
        await fetch(client, "GET", f"{ORIGIN}/old")
        try:
            await fetch(client, "GET", f"{NOBODY}/refused")
        except httpx.ConnectError:
            pass


trio.run(main)
print("done", flush=True)
sys.stdin.read()
