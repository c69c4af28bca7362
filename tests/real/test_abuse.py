"""Domains that do everything wrong, beside those that do not."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.e2e.client import Client, CommandFailed
from tests.real.running import Running

Start = Callable[..., Running]

PROGRAM = str(Path(__file__).parents[1] / "programs" / "abuse" / "program.py")
SOON = 60.0

FAILURES = {
    "Stillborn.enable": "SystemExit('no')",
    "Raising.enable": "KeyboardInterrupt()",
    "Raising.fail": "ValueError('no')",
    "Raising.leave": "SystemExit(1)",
    "Raising.interrupt": "KeyboardInterrupt()",
    "Raising.hide": "failed: Unprintable",
    "Raising.garble": "can't be shown",
    "Raising.leaveLater": "SystemExit(1)",
    "Raising.leaveFromBelow": "BaseExceptionGroup",
    "Blocking.sleep": "kept the host waiting",
    "Blocking.spin": "kept the host waiting",
    "Blocking.wait": "kept the host waiting",
    "Blocking.sleepInATask": "kept the host waiting",
    "Blocking.sleepFromBelow": "kept the host waiting",
    "Flooding.flood": "kept the host waiting",
    "Flooding.floodInATask": "took longer than 1 s",
    "Leaking.stay": "took longer than 0.2 s",
    "Leaking.hideAway": "took longer than 0.2 s",
    "Leaking.promise": "gave a set, no attrs object",
    "Leaking.promiseLater": "not JSON serializable",
}


@attrs.frozen
class Seen:
    """What a program printed, and what those got who watch it."""

    output: str
    requests: list[tuple[str, str]]
    jobs: list[dict[str, Any]]
    counts: list[dict[str, Any]]


@contextmanager
def attached(url: str) -> Generator[Client]:
    client = Client(url)
    try:
        yield client
    finally:
        client.close()


def wait_for_domain(client: Client, name: str) -> None:
    """Wait until the host has the domain, which the program registers."""
    deadline = time.monotonic() + SOON
    while all(domain["name"] != name for domain in client.call("Schema.getDomains")["domains"]):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_until_unlocked(path: Path) -> None:
    """Wait for the end of the process that has locked the file."""
    deadline = time.monotonic() + SOON
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            else:
                return


def failure(client: Client, method: str) -> str:
    with pytest.raises(CommandFailed) as raised:
        client.call(method)
    return str(raised.value)


def requests(program: Running, server: str) -> list[tuple[str, str]]:
    """Give the program's own requests as they were told, each event with its URL."""
    urls: dict[str, str] = {}
    told: list[tuple[str, str]] = []
    for event in program.front_end.notifications:
        if event["method"].startswith("Network."):
            params = event["params"]
            url = urls.setdefault(params["requestId"], params.get("request", {}).get("url", ""))
            if url.startswith(server):
                told.append((event["method"], url.removeprefix(server)))
    return told


def seen(program: Running, server: str, go: Path, abuse: Callable[[], None]) -> Seen:
    """Let the program work to its end, when *abuse* has done what it wants."""
    watcher = program.front_end
    wait_for_domain(watcher, "Calm")
    watcher.call("Calm.enable")
    abuse()
    go.touch()
    output = program.end(7)
    counts = [watcher.call("Calm.count"), watcher.call("Calm.countSlowly")]
    return Seen(output, requests(program, server), program.events("Calm.jobDone"), counts)


def test_domains_that_raise_block_flood_and_leak_harm_nobody_but_themselves(
    running: Start, server: str, tmp_path: Path
) -> None:
    """The program, the other domain and Network give the same as without the bad ones."""
    calm = running(PROGRAM, server, str(tmp_path / "one"))
    expected = seen(calm, server, tmp_path / "one", lambda: None)
    assert len(expected.jobs) == len(expected.output.splitlines()) == 10

    abused = running(PROGRAM, server, str(tmp_path / "two"), "abused")

    def abuse() -> None:
        wait_for_domain(abused.front_end, "Leaking")
        for name in ("Flooding", "Leaking"):
            front_end.call(f"{name}.enable")
        for method, text in FAILURES.items():
            assert text in failure(front_end, method)
        for method in ("Blocking.enable", "Leaking.startThreads", "Leaking.stay"):
            front_end.say(method)
        front_end.call("Leaking.lock", path=str(tmp_path / "lock"))

    with attached(abused.url) as front_end:
        assert seen(abused, server, tmp_path / "two", abuse) == expected
        assert any("Blocking kept the host waiting 3 times" in n for n in abused.notices())
        assert "switched off" in failure(front_end, "Blocking.sleep")
    abused.close()
    wait_until_unlocked(tmp_path / "lock")
