"""``tapscope replay``: front ends find the trace where they would find the program."""

from __future__ import annotations

import json
import signal
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Start, attach

REPLAY = (sys.executable, "-m", "tapscope", "replay", "--port", "0")


@pytest.fixture
def trace(command: Run, tmp_path: Path) -> Path:
    """A trace of a program that does nothing."""
    command("record", "-oout.jsonl", "-c", "pass")
    return tmp_path / "out.jsonl"


def test_the_addresses_are_printed_and_lead_to_the_trace(start: Start, trace: Path) -> None:
    """The list of targets has the program's title; front ends may attach."""
    running = start(*REPLAY, str(trace))
    host, port, path = running.place()
    with urllib.request.urlopen(f"http://{host}:{port}/json/list", timeout=60) as answer:
        (target,) = json.load(answer)
    assert target["title"] == "python -c"
    with attach(host, port, path):
        assert running.process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(start: Start, trace: Path, number: signal.Signals) -> None:
    """Ctrl-C is how a user does it."""
    running = start(*REPLAY, str(trace))
    with attach(*running.place()):
        running.process.send_signal(number)
    assert running.end().code == 0


def test_what_is_no_trace_is_told(command: Run, tmp_path: Path) -> None:
    """In one line, with the reason."""
    (tmp_path / "out.jsonl").write_text("{}\n")
    ended = command("replay", "out.jsonl")
    assert ended.code == 2
    assert ended.err == ("tapscope: can't replay out.jsonl: it is no trace of tapscope record\n")
