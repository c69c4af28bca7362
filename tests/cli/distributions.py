"""Distributions with a domain, as pip would have installed them, and programs that use them."""

from __future__ import annotations

import os
from pathlib import Path

LIBRARY = '''
"""A library that publishes what it does."""

from tapscope.channels import lifecycle

jobs = lifecycle("acme.jobs")
paused = False


def run(name):
    with jobs.exchange(name, {"queue": "default"}) as job:
        if name == "fails":
            raise ValueError("no such file")
        job.finish({"size": 3})
'''
LIVE = '''
"""What of the library runs in the program."""

import os

import attrs

from tapscope.channels.remote import remote


@attrs.frozen
class State:
    """How it is in the program."""

    pid: int
    type: str
    note: str


@remote
def pause(type: str = "soft") -> State:
    """Take no more jobs."""
    import acme_queue

    acme_queue.paused = True
    return State(os.getpid(), type, "x" * 100_000)
'''
DOMAIN = '''
"""The domain, which lives in the host."""

from __future__ import annotations

import os

import attrs

from tapscope.agents.domains import (
    CommandError, ConsoleLine, Domain, Feed, WorkStarted, command, in_program
)

import acme_queue_live


@attrs.frozen(kw_only=True)
class JobStarted:
    """A job is about to run."""

    job_id: str
    name: str


@attrs.frozen
class Where:
    """Where the host is."""

    pid: int
    seen: int


class QueueFeed(Feed):
    """Counts the jobs."""

    def recorded(self, exchange, event):
        """Tell of it."""
        if isinstance(event, WorkStarted):
            name = exchange.started(dict)["name"]
            self.send(JobStarted(job_id=exchange.id, name=name))


class Queue(Domain):
    """The jobs of acme."""

    name = "Queue"
    events = (JobStarted,)
    lifecycles = ("acme.jobs",)
    feed = QueueFeed
    pause = in_program(acme_queue_live.pause, deadline=60.0)

    @command
    def where(self) -> Where:
        """Say where the host is."""
        return Where(os.getpid(), len(list(self.target.history("acme.jobs"))))

    @command(deadline=60.0)
    async def find(self, name: str) -> JobStarted:
        """Find a job."""
        for exchange in self.target.history("acme.jobs"):
            if exchange.started(dict)["name"] == name:
                return JobStarted(job_id=exchange.id, name=name)
        raise CommandError(f"there is no job {name!r}")

    @classmethod
    def console(cls, exchange, event):
        """Show failures."""
        if type(event).__name__ == "ExchangeFailed":
            yield ConsoleLine(level="error", text=f"a job failed: {event.text}")
'''


def install(folder: Path, package: str, version: str, **entry_points: str) -> None:
    """Make a distribution in *folder*, which is to be on ``PYTHONPATH``."""
    info = folder / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    lines = [f"{name} = {value}" for name, value in entry_points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[tapscope.domains]", *lines]))


def install_queue(folder: Path, **entry_points: str) -> dict[str, str]:
    """Make the library and its domain in *folder*; give the environment that has them."""
    folder.mkdir(exist_ok=True)
    for name, text in (
        ("acme_queue", LIBRARY),
        ("acme_queue_live", LIVE),
        ("acme_queue_domain", DOMAIN),
    ):
        (folder / f"{name}.py").write_text(text)
    if entry_points:
        install(folder, "acme-queue", "1.2", **entry_points)
    path = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
