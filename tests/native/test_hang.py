"""Native calls that hold the interpreter lock or end the process, seen from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client
from tests.e2e.patience import wait
from tests.e2e.watched import Watched

PROGRAM = Path(__file__).parent / "programs" / "obeys.py"
HANGS = 3.0  # seconds

Open = Callable[[], Client]


@pytest.fixture
def watched(built: Path) -> Iterator[Watched]:
    """A program that does with the native module what it is told."""
    options = ["--native", "backend:js__*", "--slow-native", "200ms"]
    environment = {"PYTHONPATH": str(built)}
    with closing(Watched("run", *options, str(PROGRAM), environment=environment)) as program:
        yield program


@pytest.fixture
def open_one(watched: Watched) -> Generator[Open]:
    """Attaches a front end that shows rows and the Console."""
    with ExitStack() as stack:

        def attach() -> Client:
            client = stack.enter_context(closing(Client(f"ws://{watched.address}")))
            for domain in ("Network", "Runtime", "Log", "Native"):
                client.call(f"{domain}.enable")
            return client

        yield attach


def until(client: Client, method: str) -> dict[str, Any]:
    """Give the parameters of the first event of this name, which may have come already."""
    while True:
        for message in client.notifications:
            if message.get("method") == method:
                params: dict[str, Any] = message["params"]
                return params
        client.notifications.append(client.receive())


def methods(client: Client) -> list[str]:
    client.call("Runtime.getIsolateId")
    return [str(message.get("method")) for message in client.notifications]


def test_a_call_that_hangs_is_seen_by_who_is_there_and_by_who_comes(
    watched: Watched, open_one: Open
) -> None:
    before = open_one()
    began = time.monotonic()
    watched.tell(f"js__hold {HANGS}")
    for client in (before, open_one()):
        started = until(client, "Network.requestWillBeSent")
        assert started["request"]["url"] == "ffi://backend/js__hold"
        assert started["request"]["method"] == "CALL"
        payload = client.call("Network.getRequestPostData", requestId=started["requestId"])
        assert payload["postData"] == f'{{"arguments":[{HANGS}]}}'
        [running] = client.call("Native.getRunning")["calls"]
        assert 0 < running["elapsed"] <= (time.monotonic() - began) * 1000
        assert "Network.loadingFinished" not in methods(client)
    # Nothing has waited for the call to end.
    assert time.monotonic() - began < HANGS
    until(before, "Network.loadingFinished")
    assert time.monotonic() - began >= HANGS
    line = until(before, "Log.entryAdded")["entry"]
    assert "slow native call" in line["text"]
    assert "ffi://backend/js__hold" in line["text"]
    assert line["networkRequestId"] == started["requestId"]


def test_a_call_that_ends_the_process_stays_and_says_so(watched: Watched, open_one: Open) -> None:
    client = open_one()
    watched.tell("js__crash")
    started = until(client, "Network.requestWillBeSent")
    assert started["request"]["url"] == "ffi://backend/js__crash"
    failed = until(client, "Network.loadingFailed")
    assert failed["requestId"] == started["requestId"]
    assert failed["errorText"] == "the program was killed or crashed"
    late = open_one()
    assert until(late, "Network.loadingFailed") == failed


def test_a_call_that_returns_at_once_is_finished(watched: Watched, open_one: Open) -> None:
    client = open_one()
    watched.tell("js__add 1 2")
    wait(lambda: methods(client), lambda seen: "Network.loadingFinished" in seen)
    request = until(client, "Network.requestWillBeSent")["requestId"]
    assert client.call("Network.getResponseBody", requestId=request)["body"] == "3.0"
