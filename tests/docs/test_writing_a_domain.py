"""Whoever follows ``docs/writing-a-domain.md`` gets what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import pytest

from tests.cli.conftest import PATIENCE, RUN, Running, Start, eventually
from tests.e2e.client import Client

PAGE = (Path(__file__).parents[2] / "docs" / "writing-a-domain.md").read_text()
BLOCK = re.compile(r"^```(python|toml|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"# (\S+?)(?:, (above|in) class (\w+))?\n")
SHOWN = "tapscope domains Jobs"


@attrs.frozen
class Block:
    """A piece of the page: what is to be written into a file, or typed and what comes then."""

    kind: str
    text: str

    @property
    def command(self) -> str:
        return self.text.splitlines()[0].removeprefix("$ ")

    @property
    def output(self) -> list[str]:
        return self.text.splitlines()[1:]

    def write(self, folder: Path) -> None:
        """Do what its first line says."""
        found = PLACE.match(self.text)
        assert found, self.text
        path = folder / found[1]
        path.parent.mkdir(exist_ok=True)
        text = self.text[found.end() :]
        if found[2]:
            text = inserted(path.read_text(), text, found[2], found[3])
        path.write_text(text)


def inserted(text: str, more: str, where: str, name: str) -> str:
    """Put *more* above the class of that *name* in *text*, or at the end of it."""
    found = re.search(rf"^class {name}\(.*\n(?:(?: .*)?\n)*", text, re.MULTILINE)
    assert found
    place = found.start() if where == "above" else found.end()
    return f"{text[:place].rstrip()}\n\n{more}\n\n{text[place:]}"


BLOCKS = [Block(kind, text) for kind, text in BLOCK.findall(PAGE)]


def environment(folder: Path) -> dict[str, str]:
    """What finds the package of *folder* as if it was installed."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = folder / "acme_jobs.dist-info"
    info.mkdir(exist_ok=True)
    head = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(head)
    points = project["entry-points"]["tapscope.domains"].items()
    lines = ["[tapscope.domains]", *(f"{name} = {value}" for name, value in points)]
    (info / "entry_points.txt").write_text("\n".join(lines))
    path = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "COLUMNS": "80"}


def output(folder: Path, *words: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", *words],
        cwd=folder,
        env=environment(folder) | variables,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All that the page says is written there."""
    for block in BLOCKS:
        if block.kind != "console":
            block.write(tmp_path)
    return tmp_path


@pytest.fixture
def watched(folder: Path, start: Start) -> Iterator[tuple[Client, str]]:
    """A front end of the program, which has ended, and its address."""
    program = folder / "app.py"
    environ = environment(folder)
    running: Running = start(*RUN, "--port", "0", "--wait", str(program), env=environ)
    url = "ws://{}:{}/{}".format(*running.place())
    with closing(Client(url, PATIENCE)) as client:
        for command in ("Network.enable", "Runtime.enable", "Jobs.enable"):
            client.call(command)
        client.call("Runtime.runIfWaitingForDebugger")
        assert running.end().code == 0
        yield client, url


def ended(client: Client, count: int) -> bool:
    """Whether so many jobs have ended."""
    return [job for job in client.call("Jobs.list")["jobs"] if "seconds" in job][count - 1 :] != []


def test_the_command_shows_what_the_page_shows(tmp_path: Path) -> None:
    """At each step, with what has been written until then."""
    shown = 0
    for block in BLOCKS:
        if block.kind != "console":
            block.write(tmp_path)
        elif block.command == SHOWN:
            said = output(tmp_path, "-m", *SHOWN.split())
            assert said.splitlines() == block.output
            shown += 1
    assert shown == 2


def test_its_tests_pass(folder: Path) -> None:
    [block] = [block for block in BLOCKS if "pytest" in block.text and block.kind == "console"]
    assert block.command == "TAPSCOPE_DEBUG=1 python -m pytest -q"
    said = output(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", TAPSCOPE_DEBUG="1")
    assert block.output[0] in said


def test_its_program_runs_without_tapscope(folder: Path) -> None:
    assert output(folder, "app.py") == "a job has failed\n"


def test_a_domain_can_be_registered_as_it_says(folder: Path) -> None:
    assert output(folder, "shop.py") == ""


def test_its_program_shows_jobs_in_devtools_and_answers(
    watched: tuple[Client, str], folder: Path
) -> None:
    client, url = watched
    assert eventually(lambda: ended(client, 3))
    jobs = client.call("Jobs.list")["jobs"]
    assert [(job["title"], job["state"]) for job in jobs] == [
        ("resize holiday.jpg", "done"),
        ("count colours", "done"),
        ("convert empty.png", "failed"),
    ]
    rows = [
        event["params"]["request"]
        for event in client.notifications
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert [(row["method"], row["url"]) for row in rows] == [
        ("JOB", f"acme://images/{job['title']}") for job in jobs
    ]
    told = [event["method"] for event in client.notifications if "Jobs." in event["method"]]
    assert told == ["Jobs.jobStarted", "Jobs.jobEnded"] * 3
    answer = output(folder, "call.py", url, "Jobs.get", json.dumps({"jobId": jobs[0]["id"]}))
    assert json.loads(answer)["result"] == jobs[0]
