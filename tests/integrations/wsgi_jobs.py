"""Work that a program does, and which exchange it was said to belong to."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from tapscope.channels import lifecycle
from tapscope.channels.work import Exchange, WorkStarted

_jobs = lifecycle("tests.job")


def do(name: str) -> None:
    """Do some work."""
    with _jobs.exchange(name):
        pass


def inside(name: str) -> Exchange:
    """Give an exchange to do things in, with ``with``."""
    return _jobs.exchange(name)


@contextmanager
def parents() -> Generator[dict[str, int | None]]:
    """Give the parents of the work that is done meanwhile, by its names."""
    found: dict[str, int | None] = {}

    def on_start(event: WorkStarted, _channel: str) -> None:
        found[event.name] = event.parent

    with _jobs.start.subscribe(on_start):
        yield found
