"""Which cores the processes of a benchmark run on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Generator
from pathlib import Path

import attrs


@attrs.frozen
class Placement:
    """A program and its server on some cores, and whoever watches it on others.

    A client that waits for its server and a server that waits for its client
    never work at the same time, so they need no more than one core.
    """

    program: Collection[int]
    watchers: Collection[int]

    @classmethod
    def apart(cls) -> Placement:
        """Give the program one core and the watchers the rest.

        Raises:
            RuntimeError: There is only one core, or the system can't tell.
        """
        if not hasattr(os, "sched_setaffinity"):
            raise RuntimeError("this system can't keep processes to cores")
        first, *others = sorted(os.sched_getaffinity(0))
        if not others:
            raise RuntimeError("there is only one core")
        return cls([first], others)


@contextlib.contextmanager
def started_on(cores: Collection[int]) -> Generator[None]:
    """Have the processes that are started here keep to *cores*, if any are given."""
    if not cores:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def move_to(cores: Collection[int]) -> None:
    """Keep this process with all its threads to *cores*."""
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(int(thread.name), cores)
