"""Showing a DevTools page in a browser of its own; blocking, to be called in a thread."""

from __future__ import annotations

import http.client
import os
import shlex
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import attrs
import orjson

from ....channels import TapscopeError
from ...browser import find_browser

FLAGS = "TAPSCOPE_BROWSER_FLAGS"
"""The environment variable with more flags for the browser, quoted as in a shell."""
PATIENCE = 30.0
"""Seconds for the browser to start, and for the page to open."""
_PAUSE = 0.2
_ANSWER = 5.0
_BLANK = {"about:blank", "chrome://newtab/", "chrome://new-tab-page/"}


class BrowserError(TapscopeError):
    """No browser could be brought to show the page."""


def show(url: str) -> None:
    """Open *url*, a ``devtools://`` address, in Chrome or Chromium.

    The browser runs with a profile of its own, since only a profile that nobody browses with
    may be driven from outside, and outlives this process. One that runs already is used again.

    Raises:
        BrowserError: There is no browser, or it does not do as told.
    """
    executable = find_browser()
    if executable is None:
        raise BrowserError("neither Chrome nor Chromium was found: set TAPSCOPE_BROWSER to one")
    profile = _profile()
    running = _running(profile)
    remote = running or _start(executable, profile)
    remote.open(url)
    if running is None:
        remote.close_blank_pages()


@attrs.frozen
class Remote:
    """The remote-debugging port of a browser.

    Raises:
        BrowserError: From every method, if the browser does not answer as expected.
    """

    port: int

    def is_alive(self) -> bool:
        """Tell whether a browser answers there."""
        try:
            return b"webSocketDebuggerUrl" in self._ask("GET", "/json/version")
        except BrowserError:
            return False

    def open(self, url: str) -> None:
        """Open *url* in a page of its own, trying again until it is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            page = orjson.loads(self._ask("PUT", f"/json/new?{quote(url, safe='')}"))["id"]
            # A browser that has only just started does not know devtools:// yet.
            time.sleep(_PAUSE)
            if self._pages().get(page) == url:
                return
            self._close(page)
        raise BrowserError(f"the browser does not open {url}")

    def close_blank_pages(self) -> None:
        """Close what a browser shows that was not told what to show."""
        for page, url in self._pages().items():
            if url in _BLANK:
                self._close(page)

    def _pages(self) -> dict[str, str]:
        """Give the id and the URL of each page."""
        targets = orjson.loads(self._ask("GET", "/json/list"))
        return {target["id"]: target["url"] for target in targets if target["type"] == "page"}

    def _close(self, page: str) -> None:
        self._ask("GET", f"/json/close/{page}")

    def _ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise BrowserError(f"the browser does not answer {method} {path}: {error}") from error
        finally:
            connection.close()
        if response.status != HTTPStatus.OK:
            raise BrowserError(f"the browser answers {method} {path} with {response.status}")
        return body


def _profile() -> Path:
    if sys.platform == "darwin":
        caches = Path.home() / "Library" / "Caches"
    else:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "tapscope" / "browser"


def _running(profile: Path) -> Remote | None:
    """Find the browser that uses *profile*, if there is one."""
    try:
        port = int((profile / "DevToolsActivePort").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    remote = Remote(port)
    return remote if remote.is_alive() else None


def _start(executable: str, profile: Path) -> Remote:
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "DevToolsActivePort").unlink(missing_ok=True)
    command = [
        executable,
        f"--user-data-dir={profile}",
        "--remote-debugging-port=0",
        "--no-first-run",
        "--no-default-browser-check",
        *shlex.split(os.environ.get(FLAGS, "")),
    ]
    null = subprocess.DEVNULL
    process = subprocess.Popen(
        command, stdin=null, stdout=null, stderr=null, start_new_session=True
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() in (None, 0):
        remote = _running(profile)
        if remote is not None:
            return remote
        time.sleep(_PAUSE)
    raise BrowserError(f"{executable} did not start: {shlex.join(command)}")
