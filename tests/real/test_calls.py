"""Commands that run in the program, while that is a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.client import Client, CommandFailed
from tests.real.running import Running
from tests.real.test_abuse import wait_for_domain

Start = Callable[..., Running]

DOMAIN = '''
"""A counter of the program, and a domain that reads and sets it."""

from __future__ import annotations

import os
import time

import attrs

from tapscope.agents.domains import Domain, in_program, remote

value = 0


@attrs.frozen(kw_only=True)
class Value:
    """What the counter shows, and in which process."""

    value: int
    pid: int


@remote
def read() -> Value:
    """Read the counter."""
    return Value(value=value, pid=os.getpid())


@remote
def set(value: int) -> None:
    """Set the counter."""
    globals()["value"] = value


@remote
def hang() -> None:
    """Never come back."""
    time.sleep(3600)


@remote
def leave() -> None:
    """End the process at once."""
    os._exit(9)


class Counter(Domain):
    """The program's counter."""

    name = "Counter"
    read = in_program(read)
    set = in_program(set)
    hang = in_program(hang, deadline=0.2)
    leave = in_program(leave)
'''
PROGRAM = """
import os, sys, time
import counter
from tapscope.agents import register

register(counter.Counter)
print(os.getpid())
deadline = time.monotonic() + 60
while counter.value != 7 and time.monotonic() < deadline:
    time.sleep(0.01)
    counter.value += counter.value > 0
"""


@pytest.fixture
def program(running: Start, tmp_path: Path) -> Running:
    """A program with a domain of its own."""
    (tmp_path / "counter.py").write_text(DOMAIN)
    (tmp_path / "program.py").write_text(PROGRAM)
    program = running("program.py")
    wait_for_domain(program.front_end, "Counter")
    return program


def failure(client: Client, method: str) -> str:
    with pytest.raises(CommandFailed) as raised:
        client.call(method)
    return str(raised.value)


def test_a_front_end_reads_and_changes_what_is_in_the_program(program: Running) -> None:
    """What is called is there, on live objects, and the program goes on with what was set."""
    front_end = program.front_end
    told = front_end.call("Counter.read")
    assert told["value"] == 0
    assert "took longer than 0.2 s" in failure(front_end, "Counter.hang")
    front_end.call("Counter.set", value=5, process=1)
    assert program.end() == f"{told['pid']}\n"
    assert "no program is running any more" in failure(front_end, "Counter.read")


def test_a_program_that_ends_under_a_call_is_an_error(program: Running) -> None:
    """The command is answered as soon as the link is closed."""
    assert "was killed or crashed" in failure(program.front_end, "Counter.leave")
