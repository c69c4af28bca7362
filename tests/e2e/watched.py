"""A program under tapscope, as these tests start and end it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.patience import wait

PROGRAMS = Path(__file__).with_name("programs")

_ADDRESS = re.compile(r"^DevTools listening on ws://(\S+)$", re.MULTILINE)


class Watched:
    """``tapscope COMMAND --port 0 WORDS``, running.

    The programs here print ``done`` after their requests, and end when their stdin does.

    Attributes:
        address: What DevTools is to attach to, ``127.0.0.1:PORT/ID``.
    """

    def __init__(
        self, command: str, *words: str, environment: Mapping[str, str] | None = None
    ) -> None:
        with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
            self._stdout = os.dup(stdout.fileno())
            self._stderr = os.dup(stderr.fileno())
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tapscope", command, "--port", "0", *words],
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                env=_environment() | dict(environment or {}),
            )
        try:
            self.address = wait(self._find_address)
        except BaseException:
            self.close()
            raise

    @property
    def port(self) -> str:
        """The inspector's port."""
        return self.address.partition("/")[0].rpartition(":")[2]

    def wait_until_done(self) -> None:
        """Wait until the program has made all its requests."""
        wait(lambda: (_read(self._stdout), _read(self._stderr)), lambda said: "done\n" in said[0])

    def tell(self, line: str) -> None:
        """Write a line to the program's stdin."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def errors(self) -> str:
        """Return what stderr has below the address."""
        return _read(self._stderr).partition("&panel=network\n")[2]

    def interrupt(self) -> None:
        """Send the program SIGUSR1."""
        self._process.send_signal(signal.SIGUSR1)

    def kill(self) -> None:
        """End the program by SIGKILL."""
        self._process.kill()
        self._process.wait()

    def finish(self) -> int:
        """Let the program end, and return its exit code."""
        assert self._process.stdin
        self._process.stdin.close()
        return self._process.wait(60)

    def close(self) -> None:
        """Let the program end, and forget what it said."""
        try:
            self.finish()
        finally:
            self._process.kill()
            os.close(self._stdout)
            os.close(self._stderr)

    def _find_address(self) -> str:
        found = _ADDRESS.search(said := _read(self._stderr))
        assert found or self._process.poll() is None, said
        return found[1] if found else ""


def line_of(program: str, text: str) -> int:
    """Return the number, from 1, of the first line of a program here that has this text."""
    lines = (PROGRAMS / program).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def _read(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0).decode()


def _environment() -> dict[str, str]:
    """Return this process's, without what would lead requests elsewhere."""
    return {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
