"""The command's own words: help, version, mistakes."""

from __future__ import annotations

import pytest

import tapscope
from tests.cli.conftest import Run


def test_the_version_is_told(command: Run) -> None:
    """``--version`` names the package and its version."""
    assert command("--version").out == f"tapscope {tapscope.__version__}\n"


def test_the_help_lists_the_commands(command: Run) -> None:
    """Each with a line of its own."""
    out = command("--help").out
    assert [name for name in ("run", "demo", "host") if f"\n  tapscope {name} " in out] == [
        "run",
        "demo",
        "host",
    ]


@pytest.mark.parametrize("name", ["run", "demo", "host"])
def test_each_command_has_help_of_its_own(command: Run, name: str) -> None:
    """It says how the command is used."""
    ended = command(name, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: tapscope {name} ")


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
