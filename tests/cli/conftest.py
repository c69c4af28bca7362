"""Programs started as users start them, with and without the command in front."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import attrs
import pytest

RUN = (sys.executable, "-m", "tapscope", "run")
PROGRAMS = Path(__file__).parents[1] / "programs"
PATIENCE = 60.0
_ANNOUNCEMENT = re.compile(r"DevTools listening on ws://([^/]+)/(\S+)\ndevtools://\S+\n")


@attrs.frozen
class Ended:
    """How a program ended; ``announced`` is what the command said before it."""

    code: int
    out: str
    err: str
    announced: str = attrs.field(default="", eq=False)

    @classmethod
    def of(cls, code: int, out: str, err: str) -> Ended:
        found = _ANNOUNCEMENT.search(err)
        if not found:
            return cls(code, out, err)
        return cls(code, out, err.replace(found[0], ""), found[0])


@attrs.define(eq=False)
class Running:
    """A program that runs, with its standard streams in our hands."""

    process: subprocess.Popen[str]
    mark: str
    said: str = ""

    def read_error_until(self, wanted: str) -> str:
        """Read the standard error up to the first line that has *wanted* in it."""
        assert self.process.stderr
        while line := self.process.stderr.readline():
            self.said += line
            if wanted in line:
                return line
        raise AssertionError(f"{wanted!r} was never said, but {self.said!r}")

    def read_line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def write_line(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def place(self) -> tuple[str, int, str]:
        """The inspector's host, port and id."""
        line = self.read_error_until("DevTools listening on ")
        found = re.search(r"ws://([^:]+):(\d+)/(\S+)", line)
        assert found
        return found[1], int(found[2]), found[3]

    def end(self) -> Ended:
        """Close its standard input and wait for its end."""
        process = self.process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        # Whoever else holds a stream open would make reading it endless.
        watchdog = threading.Timer(PATIENCE, self.kill)
        watchdog.start()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        out, err = process.stdout.read(), process.stderr.read()
        code = process.wait()
        watchdog.cancel()
        watchdog.join()
        return Ended.of(code, out, self.said + err)

    def kill(self) -> None:
        """End it and its host, however they feel about it."""
        self.process.kill()
        if (pid := self.host()) is not None:
            # It may be about to end by itself.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def host(self) -> int | None:
        """The process id of its host, if that runs."""
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes()
                if b"--config-fd" not in command or b"/bin/sh" in command:
                    continue
                if self.mark.encode() in (folder / "environ").read_bytes():
                    return int(folder.name)
        return None


class Run(Protocol):
    """Runs a command to its end, in a folder of its own."""

    def __call__(
        self, *words: str, stdin: str = "", env: Mapping[str, str] = os.environ
    ) -> Ended: ...


class Start(Protocol):
    """Starts a command and leaves it running."""

    def __call__(self, *command: str, env: Mapping[str, str] = os.environ) -> Running: ...


def _runner(folder: Path, *prefix: str) -> Run:
    def run(*words: str, stdin: str = "", env: Mapping[str, str] = os.environ) -> Ended:
        done = subprocess.run(
            [*prefix, *words],
            check=False,
            input=stdin,
            env=env,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=240,
        )
        return Ended.of(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(autouse=True)
def temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, with a path short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def python(tmp_path: Path) -> Run:
    """Run ``python`` with these words."""
    return _runner(tmp_path, sys.executable)


@pytest.fixture
def tapscope(tmp_path: Path) -> Run:
    """Run ``tapscope run`` with these words, on any free port."""
    return _runner(tmp_path, *RUN, "--port", "0")


@pytest.fixture
def command(tmp_path: Path) -> Run:
    """Run ``tapscope`` with these words."""
    return _runner(tmp_path, sys.executable, "-m", "tapscope")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command and leave it running; it is killed in the end."""
    with contextlib.ExitStack() as ending:

        def begin(*command: str, env: Mapping[str, str] = os.environ) -> Running:
            mark = str(uuid.uuid4())
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=tmp_path,
                env={**env, "MARK": mark},
                start_new_session=True,
            )
            ending.enter_context(process)
            running = Running(process, mark)
            ending.callback(running.kill)
            return running

        yield begin


def eventually(condition: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Whether *condition* comes true while it matters."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def attach(host: str, port: int, path: str) -> socket.socket:
    """A front end that says nothing: no more than the opening of a WebSocket."""
    connection = socket.create_connection((host, port), PATIENCE)
    connection.sendall(
        f"GET /{path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    with contextlib.ExitStack() as failing:
        failing.enter_context(connection)
        assert b" 101 " in connection.recv(4096)
        failing.pop_all()
    return connection
