"""A program that works faster than its host takes what it tells."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, CommandFailed

MEGABYTES = 40
PROGRAM = f"""
import sys, urllib.request

for _ in range({MEGABYTES}):
    with urllib.request.urlopen(sys.argv[1] + "/bytes/1000000") as response:
        assert len(response.read()) == 1_000_000
print("done", flush=True)
sys.stdin.readline()
"""

_FOUND = re.compile(r"listening on (ws://\S+).*TAPSCOPE_LINK=(\S+)", re.DOTALL)


class Host:
    """``tapscope host`` in a process that can be stopped and continued."""

    def __init__(self, log: Path) -> None:
        self._log = log
        with log.open("w") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tapscope", "host", "--port", "0"],
                stdout=stderr,
                stderr=stderr,
            )
        self.url, self.link = self._addresses()

    def _addresses(self) -> tuple[str, str]:
        deadline = time.monotonic() + 60
        while not (found := _FOUND.search(self._log.read_text())):
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.01)
        return found[1], found[2]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host that no program has joined yet."""
    host = Host(tmp_path / "host.log")
    yield host
    host.process.send_signal(signal.SIGCONT)
    host.process.terminate()
    host.process.wait(60)


def test_what_the_link_can_not_carry_is_dropped_counted_and_shown(host: Host, server: str) -> None:
    """With its host stopped a program goes on; later every row is there, and the loss is told."""
    front_end = Client(host.url)
    front_end.call("Network.enable")
    front_end.call("Runtime.enable")
    host.process.send_signal(signal.SIGSTOP)
    with subprocess.Popen(
        [sys.executable, "-m", "tapscope", "run", "-c", PROGRAM, server],
        env=os.environ | {"TAPSCOPE_LINK": host.link, "no_proxy": "127.0.0.1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout
        assert program.stdout.readline() == "done\n"
        host.process.send_signal(signal.SIGCONT)
        program.communicate("\n")
    messages = _until_the_program_ended(front_end)
    ended = [m for m in messages if m["method"] == "Network.loadingFinished"]
    assert len(ended) == MEGABYTES
    [last_notice, *_] = [n for n in reversed(_notices(messages)) if "not shown" in n]
    assert re.search(r"not shown: 0 exchanges, \d[\d,]+ bytes of bodies", last_notice)
    with pytest.raises(CommandFailed, match="faster than the link"):
        front_end.call("Network.getResponseBody", requestId=ended[-1]["params"]["requestId"])
    front_end.close()


def _until_the_program_ended(front_end: Client) -> list[dict[str, Any]]:
    messages = front_end.notifications
    while not any("has ended" in notice for notice in _notices(messages)):
        messages.append(front_end.receive())
    return messages


def _notices(messages: list[dict[str, Any]]) -> list[str]:
    told = [m["params"] for m in messages if m["method"] == "Runtime.consoleAPICalled"]
    return [params["args"][0]["value"] for params in told]
