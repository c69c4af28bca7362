"""Native calls that hold the interpreter lock or end the process, seen from outside."""

from __future__ import annotations

import functools
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
HANGS = 3600.0  # seconds, unless it is let go
LONG = 10_000
"""Milliseconds for which the interpreter lock is held at least, where that is what matters."""
MANY = 1000
"""Calls at once, of which most are only counted."""

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


def told(client: Client, method: str) -> list[dict[str, Any]]:
    client.call("Runtime.getIsolateId")
    return [message["params"] for message in client.notifications if message["method"] == method]


def let_go(watched: Watched, is_over: Callable[[], object]) -> None:
    """End what the program hangs in."""

    def ended() -> object:
        # Again and again, as one that comes just before the pause does not end it.
        watched.interrupt()
        return is_over()

    wait(ended)


def holding(client: Client) -> list[dict[str, Any]]:
    calls = client.call("Native.getRunning")["calls"]
    return [call for call in calls if call["arguments"] != [0.0]]


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
    line = until(before, "Log.entryAdded")["entry"]
    assert "slow native call" in line["text"]
    assert "ffi://backend/js__hold" in line["text"]
    assert line["networkRequestId"] == started["requestId"]
    wait(lambda: [call["elapsed"] for call in holding(before)], lambda times: times[0] >= LONG)
    assert "Network.loadingFinished" not in methods(client)
    let_go(watched, lambda: "Network.loadingFinished" in methods(before))


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


def test_a_call_that_hangs_is_pointed_at_meanwhile_for_who_is_there_and_who_comes(
    watched: Watched, open_one: Open
) -> None:
    before = open_one()
    watched.tell(f"js__hold {HANGS}")
    for client in (before, open_one()):
        line = until(client, "Log.entryAdded")["entry"]
        assert "slow native call (going on for " in line["text"]
        assert "ffi://backend/js__hold" in line["text"]
        started = until(client, "Network.requestWillBeSent")
        assert line["networkRequestId"] == started["requestId"]
        assert "Network.loadingFinished" not in methods(client)
    let_go(watched, lambda: "Network.loadingFinished" in methods(before))
    texts = [line["entry"]["text"] for line in told(before, "Log.entryAdded")]
    assert len(texts) == 2
    assert "slow native call (" in texts[1]
    assert "going on" not in texts[1]


def test_a_call_that_hangs_is_seen_though_it_was_to_be_only_counted(
    watched: Watched, open_one: Open
) -> None:
    before = open_one()
    watched.tell(f"js__hold*{MANY} 0\njs__hold {HANGS}")
    for client in (before, open_one()):
        [call] = wait(functools.partial(holding, client))
        assert call["arguments"] == [HANGS]
        assert call["thread"] == "MainThread"
        until(client, "Log.entryAdded")
        lines = [line["entry"] for line in told(client, "Log.entryAdded")]
        assert call["callId"] in {line["networkRequestId"] for line in lines}
        rows = told(client, "Network.requestWillBeSent")
        row = next(row for row in rows if row["requestId"] == call["callId"])
        assert row["request"]["url"].partition("#")[0] == "ffi://backend/js__hold"
        assert row["initiator"]["stack"]["callFrames"][0]["url"].endswith("obeys.py")
    let_go(watched, lambda: not holding(before))
    # What was counted is told a moment later.
    [hold] = wait(
        lambda: before.call("Native.getStatistics")["statistics"],
        lambda statistics: statistics[0]["count"] == MANY + 1,
    )
    assert hold["counted"] > 0
    assert hold["max"] >= call["elapsed"]


def test_a_call_that_was_to_be_only_counted_and_ends_the_process_stays(
    watched: Watched, open_one: Open
) -> None:
    client = open_one()
    watched.tell(f"js__signal*{MANY} 0\njs__signal 11")
    wait(lambda: told(client, "Network.loadingFailed"), lambda failed: len(failed) == 2)
    failed = {one["requestId"]: one["errorText"] for one in told(client, "Network.loadingFailed")}
    assert set(failed.values()) == {"the program was killed or crashed"}
    rows = told(client, "Network.requestWillBeSent")
    counted, culprit = [row for row in rows if row["requestId"] in failed]
    assert [row["request"]["method"] for row in (counted, culprit)] == ["CALLS", "CALL"]
    payload = client.call("Network.getRequestPostData", requestId=culprit["requestId"])
    assert payload["postData"] == '{"arguments":[11.0]}'


def test_a_call_that_has_returned_does_not_seem_to_go_on_while_the_program_is_stuck(
    watched: Watched, open_one: Open
) -> None:
    client = open_one()
    watched.tell(f"js__add 1 2\nstuck {HANGS:.0f}")
    until(client, "Network.loadingFinished")
    assert client.call("Native.getRunning")["calls"] == []
    watched.kill()


def test_a_call_that_returns_at_once_is_finished(watched: Watched, open_one: Open) -> None:
    client = open_one()
    watched.tell("js__add 1 2")
    wait(lambda: methods(client), lambda seen: "Network.loadingFinished" in seen)
    request = until(client, "Network.requestWillBeSent")["requestId"]
    assert client.call("Network.getResponseBody", requestId=request)["body"] == "3.0"
