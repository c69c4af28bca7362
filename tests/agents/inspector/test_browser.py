"""The front end is opened in a browser that is really there."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tapscope.agents.browser import CHOICE, find_browser
from tapscope.agents.host.inspector import browser


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder with two programs that go by a browser's name."""
    for name in ("chromium", "my-browser"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_a_browser_is_found_on_the_path(commands: Path) -> None:
    assert find_browser({"PATH": str(commands)}) == str(commands / "chromium")


def test_the_users_choice_comes_first(commands: Path) -> None:
    by_name = {"PATH": str(commands), CHOICE: "my-browser"}
    by_path = {"PATH": "", CHOICE: str(commands / "my-browser")}
    assert find_browser(by_name) == find_browser(by_path) == str(commands / "my-browser")


def test_a_choice_that_is_not_there_is_not_replaced(commands: Path) -> None:
    assert find_browser({"PATH": str(commands), CHOICE: "netscape"}) is None


def test_without_a_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "netscape")
    with pytest.raises(browser.BrowserError, match="TAPSCOPE_BROWSER"):
        browser.show("devtools://devtools/bundled/worker_app.html")


def test_a_browser_that_ends_at_once_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(CHOICE, "false")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(browser.BrowserError, match="did not start"):
        browser.show("devtools://devtools/bundled/worker_app.html")


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Lets a browser be started without a screen; it is ended after the test."""
    if find_browser() is None:
        pytest.skip("no Chrome or Chromium here")
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        monkeypatch.setenv("XDG_CACHE_HOME", directory)
        monkeypatch.setenv(browser.FLAGS, "--headless --no-sandbox --disable-gpu --disable-quic")
        monkeypatch.setattr(subprocess, "Popen", Recorded)
        yield started
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def test_the_page_is_opened_and_connects(headless: list[subprocess.Popen[bytes]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        for number in range(2):
            place = f"127.0.0.1:{server.getsockname()[1]}/{number}"
            page = "devtools://devtools/bundled/worker_app.html"
            browser.show(f"{page}?ws={place}&panel=network")
            with server.accept()[0] as connection:
                assert connection.recv(65536).startswith(b"GET /%d HTTP/1.1\r\n" % number)
    assert len(headless) == 1
