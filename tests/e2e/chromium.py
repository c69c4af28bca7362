"""A real headless Chromium with a new profile, driven over its remote debugging port."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.e2e.client import Client, Disconnected
from tests.e2e.page import Page
from tests.e2e.patience import ticks

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--window-size=1400,887",  # of which the headless browser takes 87 for bars that it lacks
    "--remote-debugging-port=0",
)


class BrowserFailed(Exception):
    """Chromium did not start, or did not open a page."""


def find_chromium() -> str | None:
    """Return where Chromium or Chrome is, or None."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Chromium:
    """A running browser.

    Args:
        path: The program.
        settings: Of DevTools, by the names that it has for them.

    Raises:
        BrowserFailed: it did not start.
    """

    def __init__(self, path: str, settings: Mapping[str, object]) -> None:
        self._profile = tempfile.TemporaryDirectory(
            prefix="tapscope-chromium-", ignore_cleanup_errors=True
        )
        self._write_settings(settings)
        self._process = subprocess.Popen(
            [path, *_FLAGS, f"--user-data-dir={self._profile.name}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._client = Client(self._address())
        except BaseException:
            self._process.kill()
            self._end()
            raise

    def open(self, url: str) -> Page:
        """Open a window that shows `url`.

        The first navigations to ``devtools://`` after the start of a new profile can fail with
        ERR_INVALID_URL, so this goes on until one succeeds.
        """
        for _ in ticks():
            page = Page(self._client, self._new_window())
            if "errorText" not in page.call("Page.navigate", url=url):
                return page
            page.close()
        raise BrowserFailed(f"{url} could not be opened")

    def find(self, prefix: str) -> Page | None:
        """Return the first open tab whose address starts like this, or None."""
        infos: list[dict[str, Any]] = self._client.call("Target.getTargets")["targetInfos"]
        found = (info["targetId"] for info in infos if info["url"].startswith(prefix))
        return next((Page(self._client, target) for target in found), None)

    def close(self) -> None:
        """End the browser, and remove its profile."""
        with suppress(Disconnected, OSError):
            self._client.call("Browser.close")
        self._client.close()
        self._end()

    def _new_window(self) -> str:
        """Open a window and not a tab: a tab that is not in front draws nothing."""
        window = self._client.call("Target.createTarget", url="about:blank", newWindow=True)
        target: str = window["targetId"]
        return target

    def _write_settings(self, settings: Mapping[str, object]) -> None:
        """Write them where DevTools keeps them: in the profile, each value as JSON in a string."""
        texts = {name: json.dumps(value) for name, value in settings.items()}
        folder = Path(self._profile.name, "Default")
        folder.mkdir()
        (folder / "Preferences").write_text(json.dumps({"devtools": {"preferences": texts}}))

    def _address(self) -> str:
        port_file = Path(self._profile.name, "DevToolsActivePort")
        for _ in ticks():
            if self._process.poll() is not None:
                raise BrowserFailed(f"{self._process.args!r} ended with {self._process.returncode}")
            if port_file.exists() and "\n" in (text := port_file.read_text()):
                port, path = text.split("\n")[:2]
                return f"ws://127.0.0.1:{port}{path}"
        raise BrowserFailed("Chromium told no remote debugging port")

    def _end(self) -> None:
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()
