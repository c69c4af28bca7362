"""A host that is sent all there is to send; 200,000 messages where ``CI`` is set."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import urlopen

import attrs
import orjson
import pytest

from tests.e2e.client import Client
from tests.real.mischief import Mischief
from tests.real.test_overload import Host
from tests.real.wire import Wire

MESSAGES = int(os.environ.get("TAPSCOPE_FUZZ") or (200_000 if os.environ.get("CI") else 20_000))
BATCH = 100

NEIGHBOURS = str(Path(__file__).parents[1] / "programs" / "abuse")
PROGRAM = f"""
import sqlite3, sys, urllib.request
sys.path.insert(0, {NEIGHBOURS!r})
import neighbours
from tapscope.agents import register

register(neighbours.Calm)
connection = sqlite3.connect(":memory:")
for number in range(3):
    urllib.request.urlopen(sys.argv[1] + f"/{{number}}").close()
    connection.execute("select ?", (number,)).fetchall()
print("ready", flush=True)
sys.stdin.readline()
"""


@attrs.define
class Answers:
    """Counts what comes back; events are let pass.

    Attributes:
        ids: How often each id was answered.
        without: How many answers had none, as what they answer had none.
    """

    wire: Wire
    ids: Counter[int] = attrs.field(factory=Counter[int])
    without: int = 0

    def read(self, count: int) -> None:
        """Read until *count* answers are there."""
        messages = map(orjson.loads, self.wire.receive())
        while self.ids.total() + self.without < count:
            message = next(messages)
            if "id" in message:
                self.ids[message["id"]] += 1
            elif "method" not in message:
                self.without += 1


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A host whose log is ``host.log``, and ``errors.log``."""
    monkeypatch.setenv("TAPSCOPE_LOG", str(tmp_path / "errors.log"))
    host = Host(tmp_path / "host.log")
    yield host
    host.process.terminate()
    host.process.wait(60)


@pytest.fixture
def program(host: Host, server: str) -> Iterator[None]:
    """A program that has joined it, with a domain of its own; it is there to be asked."""
    with subprocess.Popen(
        [sys.executable, "-m", "tapscope", "run", "-c", PROGRAM, server],
        env=os.environ | {"TAPSCOPE_LINK": host.link, "no_proxy": "127.0.0.1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield
        process.communicate("\n")


def answered_id(text: str) -> int | None:
    """Give the id that the answer to *text* is to have."""
    try:
        message: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    found: object = cast("dict[str, object]", message).get("id") if type(message) is dict else None
    return found if type(found) is int else None


def protocol(host: Host) -> dict[str, Any]:
    """Give the description of all domains, when the program's is among them."""
    deadline = time.monotonic() + 60
    while True:
        with urlopen(f"http://{urlsplit(host.url).netloc}/json/protocol") as response:
            described: dict[str, Any] = json.load(response)
        if any(domain["domain"] == "Calm" for domain in described["domains"]):
            return described
        assert time.monotonic() < deadline


def resident(process: subprocess.Popen[Any]) -> int:
    """Give how many megabytes a process occupies."""
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process.pid)], capture_output=True, check=True
    )
    return int(told.stdout) // 1024


def send_all(wire: Wire, texts: list[str]) -> Answers:
    """Send *texts*, and read their answers meanwhile."""
    answers = Answers(wire)
    reader = threading.Thread(target=answers.read, args=[len(texts)])
    reader.start()
    encoded = iter([text.encode() for text in texts])
    while batch := list(islice(encoded, BATCH)):
        wire.send(batch)
    reader.join()
    return answers


@pytest.mark.usefixtures("program")
def test_whatever_is_sent_is_answered_once_and_changes_nothing(host: Host, tmp_path: Path) -> None:
    """Each id is answered once, nothing is logged as an error, and memory does not grow."""
    mischief = Mischief(Random(4), protocol(host))
    wire = Wire(host.url)
    megabytes: list[int] = []
    for _ in range(10):
        texts = list(mischief.messages(MESSAGES // 10))
        expected = Counter(map(answered_id, texts))
        answers = send_all(wire, texts)
        assert answers.without == expected.pop(None)
        assert answers.ids == expected
        megabytes.append(resident(host.process))
    wire.close()
    assert " ERROR " not in (tmp_path / "errors.log").read_text()
    assert "Traceback" not in (tmp_path / "host.log").read_text()
    print(*megabytes, "MB")
    assert megabytes[-1] < megabytes[0] * 1.2 + 30, megabytes
    with contextlib.closing(Client(host.url)) as client:
        assert client.call("Calm.count") == {"count": 0}
