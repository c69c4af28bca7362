"""A host's process ends, whatever its domains have left running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import atexit, sys, threading
from tapscope.agents.host.inspector import leaving

leaving.PATIENCE = {patience}
leaving.leave_soon(lambda: open(sys.argv[1], "w").close())
{left}
"""
FOREVER = "threading.Event().wait"


@pytest.mark.parametrize(
    "left",
    [f"{FOREVER}()", f"threading.Thread(target={FOREVER}).start()", f"atexit.register({FOREVER})"],
    ids=["the main thread", "another thread", "at exit"],
)
def test_what_does_not_end_is_left_behind(left: str, tmp_path: Path) -> None:
    """The process cleans up, and ends well."""
    cleaned = tmp_path / "cleaned"
    program = PROGRAM.format(patience=0.1, left=left)
    ended = subprocess.run([sys.executable, "-c", program, cleaned], check=False, timeout=240)
    assert ended.returncode == 0
    assert cleaned.exists()


def test_who_ends_in_time_does_so_by_itself(tmp_path: Path) -> None:
    """Nothing is cleaned up twice, and the exit code is the process's own."""
    cleaned = tmp_path / "cleaned"
    program = PROGRAM.format(patience=60, left="sys.exit(3)")
    ended = subprocess.run([sys.executable, "-c", program, cleaned], check=False, timeout=240)
    assert ended.returncode == 3
    assert not cleaned.exists()
