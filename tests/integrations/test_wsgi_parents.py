"""Two hundred requests at once, and nothing hangs under the wrong one."""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest
import requests

from tests.integrations import wsgi_jobs as jobs
from tests.integrations import wsgi_servers as servers
from tests.integrations.incoming_recording import recording_incoming
from tests.integrations.recording import Recording
from tests.integrations.server import Server
from tests.integrations.wsgi_servers import Serving

MANY = 200


class Site:
    """An application that does all it does in ways that cross threads."""

    def __init__(self, far: Server) -> None:
        self._far = far
        self._everybody = threading.Barrier(MANY)
        self._executor = ThreadPoolExecutor(8)
        self._pool = ThreadPool(4)

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        number = environ["QUERY_STRING"]
        self._everybody.wait(60)
        requests.get(self._far.url(f"/plain?here-{number}"), timeout=60)
        submitted = self._executor.submit(self._fetch, f"executor-{number}")
        mapped = self._pool.map_async(jobs.do, [f"pool-{number}"])
        thread = threading.Thread(target=self._fetch, args=[f"thread-{number}"])
        thread.start()
        asyncio.run(self._tasks(number))
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"some"
        submitted.result(60)
        mapped.get(60)
        thread.join()
        self._fetch(f"streaming-{number}")

    async def _tasks(self, number: str) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.to_thread(jobs.do, f"to_thread-{number}"))
            loop.run_in_executor(None, jobs.do, f"run_in_executor-{number}")

    def _fetch(self, name: str) -> None:
        jobs.do(name)
        connection = http.client.HTTPConnection("127.0.0.1", self._far.port, timeout=60)
        connection.request("GET", f"/plain?{name}")
        connection.getresponse().read()
        connection.close()

    def close(self) -> None:
        self._executor.shutdown()
        self._pool.terminate()
        self._pool.join()


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    made = Site(server)
    yield made
    made.close()


@pytest.mark.parametrize("serving", [servers.wsgiref, servers.waitress_])
def test_what_requests_cause_hangs_under_the_right_one(
    serving: Serving, site: Site, recorded: Recording
) -> None:
    with (
        recording_incoming() as incomings,
        jobs.parents() as parents,
        serving(site) as port,
        ThreadPoolExecutor(MANY) as clients,
    ):
        answers = list(clients.map(partial(_ask, port), range(MANY)))
    assert answers == [b"some"] * MANY
    ids = {told.started.url.rpartition("?")[2]: told.started.id for told in incomings}
    assert len(ids) == MANY
    work = ["executor", "pool", "thread", "to_thread", "run_in_executor", "streaming"]
    assert parents == {
        f"{kind}-{number}": ids[str(number)] for kind in work for number in range(MANY)
    }
    outgoing = {one.started.url.partition("/plain?")[2]: one.started.parent for one in recorded}
    del outgoing[""]
    assert outgoing == _under(ids, ["here", "executor", "thread", "streaming"])


def _under(ids: dict[str, int], kinds: list[str]) -> dict[str, int]:
    return {f"{kind}-{number}": id_ for number, id_ in ids.items() for kind in kinds}


def _ask(port: int, number: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/?{number}")
        return connection.getresponse().read()
    finally:
        connection.close()
