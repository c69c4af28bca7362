"""The browser that the end-to-end tests share, and what they look at in it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Literal, Protocol, TypeAlias

import pytest

from tests.e2e.chromium import Chromium, find_chromium
from tests.e2e.origin import Origin
from tests.e2e.panel import SETTINGS, Panel
from tests.e2e.watched import PROGRAMS, Watched

FrontEnd: TypeAlias = Literal["worker_app", "js_app"]


class OpenPanel(Protocol):
    """Opens DevTools on a watched program; each call opens one more."""

    def __call__(self, watched: Watched, front_end: FrontEnd = ...) -> Panel: ...


class Watch(Protocol):
    """Starts a program of this folder under ``tapscope run``."""

    def __call__(
        self, name: str, *arguments: str, environment: Mapping[str, str] | None = ...
    ) -> Watched: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """A headless Chromium; where there is none the test is skipped, in CI it fails."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium or Chrome on PATH, which CI must have")
        pytest.skip("no Chromium or Chrome on PATH")
    with closing(Chromium(path, SETTINGS)) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def origin() -> Iterator[Origin]:
    """A server for the watched programs."""
    with closing(Origin()) as origin:
        yield origin


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    """Starts programs, and lets them end with the module's tests."""
    with ExitStack() as stack:

        def start(
            name: str, *arguments: str, environment: Mapping[str, str] | None = None
        ) -> Watched:
            watched = Watched("run", str(PROGRAMS / name), *arguments, environment=environment)
            return stack.enter_context(_silent(watched))

        yield start


@contextmanager
def _silent(watched: Watched) -> Generator[Watched]:
    """Close it in the end; tapscope must have had nothing to complain about."""
    with closing(watched):
        yield watched
        assert watched.errors() == ""


@pytest.fixture(scope="module")
def open_panel(browser: Chromium) -> Iterator[OpenPanel]:
    """Opens panels, and closes them with the module's tests."""
    with ExitStack() as stack:

        def open_one(watched: Watched, front_end: FrontEnd = "worker_app") -> Panel:
            query = f"ws={watched.address}&panel=network"
            page = browser.open(f"devtools://devtools/bundled/{front_end}.html?{query}")
            return Panel(stack.enter_context(closing(page)))

        yield open_one
