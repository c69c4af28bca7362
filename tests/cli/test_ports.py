"""Which port the inspector gets, and what is said if it is not the usual one."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAMS, RUN, Run, Start, eventually

USUAL = 9229


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def usual_port_busy() -> Iterator[None]:
    """The usual port is taken, by us or by somebody else."""
    with contextlib.ExitStack() as ending:

        def is_ours() -> bool:
            with contextlib.suppress(OSError):
                ending.enter_context(socket.create_server(("127.0.0.1", USUAL)))
                return True
            return False

        # Somebody who has it for a moment only is waited for.
        eventually(is_ours, 10)
        yield


def test_a_busy_port_that_was_asked_for_leaves_the_program_alone(
    command: Run, busy_port: int
) -> None:
    """One line says so, and the program runs uninspected."""
    ended = command("run", "--port", str(busy_port), "-c", "print('ran')")
    said = f"tapscope: port {busy_port} is in use; running without inspection\n"
    assert (ended.code, ended.out, ended.err) == (0, "ran\n", said)
    assert not ended.announced


@pytest.mark.usefixtures("usual_port_busy")
def test_the_next_free_port_stands_in_for_the_usual_one(command: Run) -> None:
    """Nobody asked for it, so another one does as well; one line says which."""
    ended = command("run", "-c", "print('ran')")
    found = re.fullmatch(rf"tapscope: port {USUAL} is in use; using (\d+)\n", ended.err)
    assert found
    assert int(found[1]) > USUAL
    assert f":{found[1]}/" in ended.announced
    assert (ended.code, ended.out) == (0, "ran\n")


def test_an_address_that_others_reach_is_warned_of(command: Run) -> None:
    """The page that is printed still names this machine, as DevTools demands."""
    ended = command("run", "--port", "0", "--host", "0.0.0.0", "-c", "print('ran')")
    assert (ended.code, ended.out) == (0, "ran\n")
    assert ended.err.startswith("tapscope: warning: ")
    assert ended.err.count("\n") == 1
    assert "ws=127.0.0.1:" in ended.announced


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "", "x" * 300])
def test_an_address_that_is_not_ours_leaves_the_program_alone(command: Run, host: str) -> None:
    """What can't be listened on is named in one line."""
    ended = command("run", "--port", "0", "--host", host, "-c", "print('ran')")
    assert (ended.code, ended.out) == (0, "ran\n")
    assert ended.err.count("\n") == 1
    assert ended.err.endswith("; running without inspection\n")


def test_a_browser_that_is_not_there_is_told(command: Run) -> None:
    """The program runs, and the address can still be pasted."""
    environment = {**os.environ, "TAPSCOPE_BROWSER": "/nowhere/chrome"}
    ended = command("run", "--port", "0", "--open", "-c", "print('ran')", env=environment)
    assert (ended.code, ended.out) == (0, "ran\n")
    assert "TAPSCOPE_BROWSER" in ended.err


def test_the_browser_that_is_named_is_started(start: Start, tmp_path: Path) -> None:
    """By the host: the program does not wait for it."""
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    browser.chmod(0o755)
    environment = {
        **os.environ,
        "TAPSCOPE_BROWSER": str(browser),
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    running = start(*RUN, "--port", "0", "--open", str(PROGRAMS / "echoes.py"), env=environment)
    running.read_line()
    assert eventually((tmp_path / "started").exists)
    assert running.end().code == 0


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_what_is_no_port_is_a_mistake(command: Run, port: str) -> None:
    """Then nothing is run at all."""
    ended = command("run", f"--port={port}", "-c", "print('ran')")
    assert (ended.code, ended.out) == (2, "")
    assert "--port" in ended.err
