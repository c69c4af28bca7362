"""Makes the requests whose rows have more than most to show."""

import asyncio
import contextlib
import sys
from urllib.request import urlopen

import httpx
import requests
import requests_cache

PLAIN, SIX, HTTP2, FAILING, NOBODY = sys.argv[1:]


def ask_twice(session: requests.Session) -> None:
    session.get(f"{PLAIN}/kept")
    session.get(f"{PLAIN}/kept")


requests.get(f"{PLAIN}/cookies", cookies={"session": "abc", "theme": "dark"})
ask_twice(requests_cache.CachedSession(backend="memory"))
httpx.get(f"{PLAIN}/hinted")
with urlopen(f"{SIX}/six") as response:
    response.read()
with httpx.Client(http2=True) as client:
    client.post(f"{HTTP2}/http2", content=b"hello", headers={"Priority": "u=0"})

for path in ("reset", "incomplete", "silent", "garbage"):
    with contextlib.suppress(httpx.TransportError):
        httpx.get(f"{FAILING}/{path}")
for url in (f"{NOBODY}/refused", "http://nobody.invalid/unknown"):
    with contextlib.suppress(requests.ConnectionError):
        requests.get(url)


async def give_up() -> None:
    async with httpx.AsyncClient() as client:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(client.get(f"{FAILING}/stuck"), 0.3)


asyncio.run(give_up())
print("done", flush=True)
sys.stdin.read()
