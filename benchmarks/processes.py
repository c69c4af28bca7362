"""The processes of a benchmark, which are asked in lines of JSON and answer in such."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

_FOLDER = Path(__file__).parent


class ProcessDied(Exception):
    """A process of the benchmark ended too early; what it said is on standard error."""


class Process:
    """A running script of this folder; ended at the end of a ``with``.

    Attributes:
        greeting: The first line it wrote.
    """

    def __init__(self, script: str, *arguments: str) -> None:
        self._name = " ".join([script, *arguments])
        self._popen = subprocess.Popen(
            [sys.executable, str(_FOLDER / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.greeting: Any = self._answer()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._popen.pid

    def ask(self, **question: object) -> Any:
        """Give the answer to *question*, when it comes.

        Raises:
            ProcessDied: None will come.
        """
        _pipe(self._popen.stdin).write(json.dumps(question) + "\n")
        return self._answer()

    def _answer(self) -> Any:
        line = _pipe(self._popen.stdout).readline()
        if not line:
            raise ProcessDied(f"{self._name} ended with exit code {self._popen.wait()}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._popen.terminate()
        self._popen.wait()
        _pipe(self._popen.stdin).close()
        _pipe(self._popen.stdout).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
