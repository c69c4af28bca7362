"""The story that ``examples/tapscope-queue`` tells."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import PATIENCE, RUN, Running, Start, eventually
from tests.cli.distributions import install
from tests.e2e.client import Client

EXAMPLE = Path(__file__).parents[2] / "examples" / "tapscope-queue"


@pytest.fixture
def rounds() -> int:
    """How many times three pictures are made, each of which takes 0.2 s."""
    return 2


@pytest.fixture
def running(start: Start, tmp_path: Path, rounds: int) -> Running:
    """Its program, which waits for a front end."""
    folder = shutil.copytree(EXAMPLE, tmp_path / "example")
    install(folder, "tapscope-queue", "0.1.0", Queue="tapscope_queue.domain:QueueDomain")
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    program = str(folder / "app.py")
    words = [*RUN, "--port", "0", "--wait", program, str(rounds)]
    return start(*words, env={**os.environ, "PYTHONPATH": path})


@pytest.fixture
def client(running: Running) -> Iterator[Client]:
    """A front end of it, for which it has waited."""
    with closing(Client("ws://{}:{}/{}".format(*running.place()), PATIENCE)) as client:
        for command in ("Network.enable", "Runtime.enable", "Queue.enable"):
            client.call(command)
        client.call("Runtime.runIfWaitingForDebugger")
        yield client


@pytest.mark.parametrize("rounds", [100], ids=["many"])
def test_a_queue_is_paused_and_resumed_while_the_program_runs(client: Client) -> None:
    assert eventually(lambda: client.call("Queue.getStatistics")["running"] == 1)
    client.call("Queue.pause", queue="pictures")
    assert eventually(lambda: client.call("Queue.getStatistics")["running"] == 0)
    waiting = client.call("Queue.getStatistics")["waiting"]
    assert waiting > 0
    state = {"name": "pictures", "paused": True, "waiting": waiting}
    assert client.call("Queue.getQueues") == {"queues": [state]}
    client.call("Queue.resume", queue="pictures")
    assert eventually(lambda: client.call("Queue.getStatistics")["waiting"] < waiting)


def test_its_jobs_are_rows_and_events(client: Client, running: Running) -> None:
    ended = running.end()
    assert (ended.code, ended.out) == (0, "all pictures are made\n")
    assert eventually(lambda: client.call("Queue.getStatistics")["failed"] == 2)
    counts = Counter(event["method"] for event in client.notifications)
    assert counts["Queue.jobStarted"] == counts["Queue.jobFinished"] == 6
    assert counts["Network.loadingFinished"] == 4
    assert counts["Network.loadingFailed"] == 2
    [first, *_] = [e for e in client.notifications if e["method"] == "Network.requestWillBeSent"]
    assert first["params"]["request"]["url"] == "queue://pictures/0 holiday.jpg"
    frames = first["params"]["initiator"]["stack"]["callFrames"]
    assert frames[0]["url"].endswith("/app.py")
