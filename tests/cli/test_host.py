from __future__ import annotations

import os
import re
import signal
import sys

import pytest

from tests.cli.conftest import Run, Running, Start

HOST = (sys.executable, "-m", "tapscope", "host", "--port", "0")


@pytest.fixture
def host(start: Start) -> Running:
    """A host in the foreground."""
    return start(*HOST)


def test_programs_join_one_host(host: Running, command: Run) -> None:
    """They start none of their own, whatever port they would have had."""
    found = re.search(r"(TAPSCOPE_LINK)=(\S+) ", host.read_error_until("A program joins with"))
    assert found
    environment = {**os.environ, found[1]: found[2]}
    for word in ("one", "two"):
        ended = command(
            "run", "-c", "import os, sys; print(sys.argv[1], [*os.environ])", word, env=environment
        )
        assert (ended.code, ended.err, ended.announced) == (0, "", "")
        assert ended.out.startswith(word)
        assert "TAPSCOPE" not in ended.out
    assert host.process.poll() is None


def test_options_for_a_new_host_are_named_if_one_is_joined(host: Running, command: Run) -> None:
    """What is about the program itself works; the rest was chosen when the host was started."""
    link = host.read_error_until("A program joins with").split("=", 1)[1].split()[0]
    chosen = ("--port", "0", "--max-body", "1MB", "--no-children", "--redact", "header:X-Foo")
    ended = command("run", *chosen, "-c", "0", env={**os.environ, "TAPSCOPE_LINK": link})
    assert (ended.code, ended.err.count("\n")) == (0, 1)
    assert ended.err.endswith("without effect on it: --port, --max-body\n")


def test_interrupting_ends_the_host(host: Running) -> None:
    """That is how it is ended, so the exit code is 0."""
    host.read_error_until("A program joins with")
    host.process.send_signal(signal.SIGINT)
    assert host.end().code == 0


@pytest.mark.parametrize("link", ["nonsense", "unix:token@/nowhere/link"])
def test_a_program_runs_without_the_host_that_it_should_join(command: Run, link: str) -> None:
    """One line says what is wrong."""
    ended = command("run", "-c", "print('ran')", env={**os.environ, "TAPSCOPE_LINK": link})
    assert (ended.code, ended.out) == (0, "ran\n")
    assert ended.err.count("\n") == 1
    assert "running without inspection" in ended.err


def test_a_busy_port_is_told(command: Run, start: Start) -> None:
    """A host without a port is of no use."""
    _, port, _ = start(*HOST).place()
    ended = command("host", "--port", str(port))
    assert (ended.code, ended.err) == (1, f"tapscope: port {port} is in use\n")
