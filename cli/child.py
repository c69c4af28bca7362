"""A program that is a child of the command, and yet ends the command as it has ended."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import threading

import attrs


@attrs.define(eq=False)
class Child:
    """A program, with what it is going to be started by.

    Attributes:
        command: Its words, the interpreter's first.
        environ: Its environment.
    """

    command: list[str]
    environ: dict[str, str]
    _process: subprocess.Popen[bytes] | None = None
    _early: list[int] = attrs.field(factory=list[int])
    _starting: threading.Lock = attrs.field(factory=threading.Lock)

    def run(self) -> int:
        """Run it to its end; give its exit code, or the negative number of a signal."""
        with self._starting:
            # What this process inherited is the program's, not only the standard streams.
            process = subprocess.Popen(self.command, env=self.environ, close_fds=False)
            self._process = process
        for number in self._early:
            process.send_signal(number)
        return process.wait()

    def signal(self, number: int) -> None:
        """Pass a signal on to it; if it does not run yet, as soon as it does."""
        with self._starting:
            if self._process is None:
                self._early.append(number)
                return
        self._process.send_signal(number)


def end_as(status: int) -> int:
    """End this process by the signal that ended a child; or give the child's exit code."""
    if status >= 0:
        return status
    # The program has left a core already, if any was wanted.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError, ValueError):  # SIGKILL has no handler to reset
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
    return 128 - status
