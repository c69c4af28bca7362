"""The command's own words: help, version, mistakes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

import tapscope
from tests.cli.conftest import Run

COMMANDS = (
    "run",
    "record",
    "replay",
    "watch",
    "demo",
    "host",
    "channels",
    "domains",
    "new-domain",
)


def test_the_version_is_told(command: Run) -> None:
    """``--version`` names the package, its version, and whether its part in C was compiled."""
    found = importlib.util.find_spec("tapscope.agents.tap._taker")
    extension = "without C extension" if found is None else "with C extension"
    assert command("--version").out == f"tapscope {tapscope.__version__} {extension}\n"


@pytest.mark.parametrize("name", ["domains", "channels"])
def test_a_list_that_nobody_reads_to_its_end_is_no_error(name: str) -> None:
    """As with ``| head``: who reads has closed the pipe."""
    read, write = os.pipe()
    os.close(read)
    words = [sys.executable, "-m", "tapscope", name]
    ended = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_help_lists_the_commands(command: Run) -> None:
    """Each with a line of its own."""
    out = command("--help").out
    assert all(f"\n  tapscope {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_of_its_own(command: Run, name: str) -> None:
    """It says how the command is used, with examples, and nothing of what is not for people."""
    ended = command(name, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: tapscope {name} ")
    assert "\nexamples:\n  tapscope " in ended.out
    assert "--config-fd" not in ended.out


def test_the_command_alone_teaches(command: Run) -> None:
    """It is a mistake, and answered by what there is to begin with."""
    ended = command()
    assert (ended.code, ended.out) == (2, "")
    assert "\nbegin with:\n  tapscope demo" in ended.err


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ([], "COMMAND"),
        (["walk"], "walk"),
        (["run"], "which program?"),
        (["run", "--wait", "--"], "which program?"),
        (["run", "--speed", "script.py"], "--speed"),
        (["run", "--por", "0", "script.py"], "--por"),
        (["run", "--port"], "--port"),
        (["run", "--port", "http"], "'http' is no port"),
        (["run", "--port", "65536"], "'65536' is no port"),
        (["watch", "Log", "--url", "http://localhost:9229/"], "is no address of a WebSocket"),
        (["watch", "Log", "--url", "ws://localhost:port/"], "is no address of a WebSocket"),
        (["watch", "Log", "--url", "ws://[::1/"], "is no address of a WebSocket"),
        (["host", "here"], "here"),
        (["demo", "--rounds", "many"], "many"),
    ],
)
def test_a_mistake_is_told_with_its_word(command: Run, words: list[str], missing: str) -> None:
    """The exit code is 2, as for any wrong usage."""
    ended = command(*words)
    assert (ended.code, ended.out) == (2, "")
    assert missing in ended.err


def test_two_dashes_part_our_options_from_the_programs(command: Run) -> None:
    """What follows them is given to python as it stands."""
    ended = command("run", "--port", "0", "--", "-X", "utf8", "-c", "import sys; print(sys.argv)")
    assert ended.out == "['-c']\n"
