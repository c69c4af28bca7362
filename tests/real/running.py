"""A program under ``tapscope run``, and a front end that is no browser."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.e2e.client import Client

_ADDRESS = re.compile(r"DevTools listening on (ws://\S+)")


class Running:
    """A program that was started with ``tapscope run --port 0 --wait`` and then released.

    A front end is attached from before its first line, so nothing is missed
    and the host outlives the program.

    Attributes:
        url: Where front ends connect.
        front_end: The front end, with Network and Runtime enabled.
    """

    def __init__(self, *words: str, folder: Path) -> None:
        self._stderr = tempfile.NamedTemporaryFile()  # noqa: SIM115  # closed in close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tapscope", "run", "--port", "0", "--wait", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )
        self.url = self._url()
        self.front_end = Client(self.url)
        for command in ("Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"):
            self.front_end.call(command)

    def end(self, code: int = 0) -> str:
        """Wait for the program's end with *code*, and give what it printed."""
        output, _ = self._process.communicate(timeout=120)
        assert self._process.returncode == code, self.stderr()
        self._await_farewell()
        return output

    def stderr(self) -> str:
        """Give what it has said on stderr."""
        # By its name: reading through the program's own file would move where it writes.
        return Path(self._stderr.name).read_text()

    def events(self, method: str) -> list[dict[str, Any]]:
        """Give the parameters of the events called *method* that have arrived."""
        return [e["params"] for e in self.front_end.notifications if e["method"] == method]

    def notices(self) -> list[str]:
        """Give what tapscope has said in the Console."""
        return [e["args"][0]["value"] for e in self.events("Runtime.consoleAPICalled")]

    def close(self) -> None:
        """End all of it."""
        self.front_end.close()
        self._process.kill()
        self._process.communicate()
        self._stderr.close()

    def _url(self) -> str:
        deadline = time.monotonic() + 60
        while not (found := _ADDRESS.search(self.stderr())):
            assert time.monotonic() < deadline, self.stderr()
            time.sleep(0.01)
        return found[1]

    def _await_farewell(self) -> None:
        while not any("has ended" in notice for notice in self.notices()):
            self.front_end.notifications.append(self.front_end.receive())
