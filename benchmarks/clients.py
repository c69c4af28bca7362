"""The HTTP clients that are measured, each doing the same: one GET, and reading its body."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from time import perf_counter_ns, process_time_ns
from typing import TypeAlias

import attrs

LEAD_IN = 60_000_000
"""Nanoseconds of requests before those that count, as the caches are somebody else's till then."""


@attrs.frozen
class Timing:
    """What one client took for a number of requests, and for telling whoever watches of them.

    Attributes:
        requests: How many were made, those of the lead-in included.
        wall: Nanoseconds of one request, on average.
        processor: Nanoseconds that all threads of the process worked for one request.
    """

    requests: int
    wall: float
    processor: float


@attrs.frozen
class Server:
    """Where the loopback server listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Deliver: TypeAlias = Callable[[], object]
"""Has all that was seen so far carried off."""

Measure: TypeAlias = Callable[[int, int, Deliver], Timing]
"""Gets bodies of a size, so many times, and has delivered what was seen; how long it took."""


def http_client(server: Server) -> Measure:
    """One kept-alive ``http.client.HTTPConnection``."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def get(path: str) -> bytes:
        connection.request("GET", path)
        return connection.getresponse().read()

    return _measure_blocking(get)


def urllib(server: Server) -> Measure:
    """``urllib.request``, which opens a connection for each request."""
    import urllib.request

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(path: str) -> bytes:
        with opener.open(server.url + path) as response:
            body: bytes = response.read()
        return body

    return _measure_blocking(get)


def requests(server: Server) -> Measure:
    """One ``requests.Session``."""
    from requests import Session

    session = Session()
    session.trust_env = False
    return _measure_blocking(lambda path: session.get(server.url + path).content)


def httpx(server: Server) -> Measure:
    """One ``httpx.Client``."""
    import httpx

    client = httpx.Client(trust_env=False)
    return _measure_blocking(lambda path: client.get(server.url + path).content)


def httpx_async(server: Server) -> Measure:
    """One ``httpx.AsyncClient`` on asyncio, one request at a time."""
    import httpx

    client = httpx.AsyncClient(trust_env=False)
    runner = asyncio.Runner()

    async def get(path: str) -> bytes:
        return (await client.get(server.url + path)).content

    def measure(size: int, number: int, deliver: Deliver) -> Timing:
        return runner.run(_measure_async(get, size, number, deliver))

    return measure


CLIENTS: dict[str, Callable[[Server], Measure]] = {
    "http.client": http_client,
    "urllib": urllib,
    "requests": requests,
    "httpx": httpx,
    "httpx async": httpx_async,
}


def _measure_blocking(get: Callable[[str], bytes]) -> Measure:
    def measure(size: int, number: int, deliver: Deliver) -> Timing:
        path, led_in = f"/{size}", 0
        gc.collect()
        until = perf_counter_ns() + LEAD_IN
        while perf_counter_ns() < until:
            assert len(get(path)) == size
            led_in += 1
        deliver()
        processor, start = process_time_ns(), perf_counter_ns()
        for _ in range(number):
            get(path)
        deliver()
        return _timing(led_in, number, start, processor)

    return measure


async def _measure_async(
    get: Callable[[str], Awaitable[bytes]], size: int, number: int, deliver: Deliver
) -> Timing:
    path, led_in = f"/{size}", 0
    gc.collect()
    until = perf_counter_ns() + LEAD_IN
    while perf_counter_ns() < until:
        assert len(await get(path)) == size
        led_in += 1
    deliver()
    processor, start = process_time_ns(), perf_counter_ns()
    for _ in range(number):
        await get(path)
    deliver()
    return _timing(led_in, number, start, processor)


def _timing(led_in: int, number: int, start: int, processor: int) -> Timing:
    wall, worked = perf_counter_ns() - start, process_time_ns() - processor
    return Timing(led_in + number, wall / number, worked / number)
