from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.running import Running


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts programs under tapscope, in a folder of their own."""
    with contextlib.ExitStack() as stack:

        def start(*words: str) -> Running:
            return stack.enter_context(contextlib.closing(Running(*words, folder=tmp_path)))

        yield start


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server in a process of its own: the address it listens on."""
    program = Path(__file__).with_name("server.py")
    environment = dict(os.environ) | {"PYTHONWARNINGS": "error"}
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip()
        process.kill()
