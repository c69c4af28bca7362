"""Domains of other distributions are listed by ``tapscope domains`` and work in a host."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tapscope import __version__
from tapscope.cli import main
from tests.cli.conftest import RUN, Run, Running, Start, eventually
from tests.cli.distributions import install, install_queue
from tests.e2e.client import Client, CommandFailed

PROGRAM = """
import acme_queue
acme_queue.run("first")
print("ready", flush=True)
input()
acme_queue.run("second")
try:
    acme_queue.run("fails")
except ValueError:
    pass
print(acme_queue.paused, flush=True)
input()
"""
REGISTERED = """
from tapscope import agents
import acme_queue_domain
agents.register(acme_queue_domain.Queue)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "installed"


@contextmanager
def front_end(running: Running) -> Generator[Client]:
    with closing(Client("ws://{}:{}/{}".format(*running.place()))) as client:
        assert running.read_line() == "ready\n"
        yield client


def until(client: Client, method: str, count: int) -> list[dict[str, Any]]:
    """Receive until there were so many events called *method*, and give their parameters."""
    while len(found := [e for e in client.notifications if e["method"] == method]) < count:
        client.notifications.append(client.receive())
    return [event["params"] for event in found]


def has_seen(client: Client, jobs: int) -> bool:
    """Whether the domain is there, and knows of so many jobs."""
    listed = client.call("Schema.getDomains")["domains"]
    known = any(domain["name"] == "Queue" for domain in listed)
    return known and client.call("Queue.where")["seen"] == jobs


@pytest.mark.parametrize("way", ["installed", "registered"])
def test_a_domain_of_another_distribution_works_from_end_to_end(
    start: Start, folder: Path, way: str
) -> None:
    installed = {"Queue": "acme_queue_domain:Queue"} if way == "installed" else {}
    environment = install_queue(folder, **installed)
    program = PROGRAM if way == "installed" else REGISTERED + PROGRAM
    running = start(*RUN, "--port", "0", "-c", program, env=environment)
    with front_end(running) as client:
        assert eventually(lambda: has_seen(client, 1))
        for domain in ("Network", "Runtime", "Queue"):
            client.call(f"{domain}.enable")
        running.write_line("go on")
        assert client.call("Queue.pause", type="hard") == {
            "pid": running.process.pid,
            "type": "hard",
            "note": "x" * 100_000,
        }
        told = until(client, "Queue.jobStarted", 2)
        assert [event["name"] for event in told] == ["second", "fails"]
        rows = until(client, "Network.requestWillBeSent", 3)
        assert [row["request"]["method"] for row in rows] == ["JOBS"] * 3
        assert rows[0]["request"]["url"].endswith("/first")
        assert until(client, "Network.loadingFailed", 1)[0]["errorText"].endswith("no such file")
        lines = until(client, "Runtime.consoleAPICalled", 1)
        assert lines[0]["args"][0]["value"] == "a job failed: no such file"
        answer = client.call("Queue.where")
        assert answer == {"pid": running.host(), "seen": 3}
        assert client.call("Queue.find", name="second") == told[0]
        with pytest.raises(CommandFailed, match="there is no job 'third'"):
            client.call("Queue.find", name="third")
        with pytest.raises(CommandFailed, match=r"-32602.*name: expected str, got 3"):
            client.call("Queue.find", name=3)


def test_the_protocols_description_has_it(start: Start, folder: Path) -> None:
    environment = install_queue(folder, Queue="acme_queue_domain:Queue")
    running = start(*RUN, "--port", "0", "-c", PROGRAM, env=environment)
    host, port, _ = running.place()
    with urllib.request.urlopen(f"http://{host}:{port}/json/protocol", timeout=60) as reply:
        domains = {d["domain"]: d for d in json.load(reply)["domains"]}
    assert domains["Queue"]["description"] == "The jobs of acme."
    names = [command["name"] for command in domains["Queue"]["commands"]]
    assert names == ["disable", "enable", "find", "pause", "where"]


def test_one_that_can_not_be_used_is_told_and_the_program_runs(start: Start, folder: Path) -> None:
    environment = install_queue(folder, Queue="acme_nowhere:Queue")
    running = start(*RUN, "--port", "0", "-c", "print(input())", env=environment)
    reason = "acme_nowhere:Queue can't be imported: No module named 'acme_nowhere'"
    said = running.read_error_until("Queue")
    assert said == f"tapscope: the domain Queue of acme-queue is left out: {reason}\n"
    running.write_line("3")
    assert running.end().out == "3\n"


def test_the_command_lists_them_with_package_version_commands_and_events(
    command: Run, folder: Path
) -> None:
    environment = install_queue(folder, Queue="acme_queue_domain:Queue")
    install(folder, "broken", "0.3", Lost="acme_nowhere:Lost", Twice="acme_queue_domain:Queue")
    ended = command("domains", env=environment)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].split() == ["DOMAIN", "PACKAGE", "VERSION", "WHICH", "IS"]
    assert lines[1].split()[:3] == ["Network", "tapscope", __version__]
    first = next(n for n, line in enumerate(lines) if line.startswith("Queue "))
    assert [line.split() for line in lines[first : first + 3]] == [
        ["Queue", "acme-queue", "1.2", "The", "jobs", "of", "acme."],
        ["commands", "disable,", "enable,", "find,", "pause,", "where"],
        ["events", "jobStarted"],
    ]
    assert lines[first + 3 :] == [
        "",
        "left out:",
        "  Lost (broken 0.3): acme_nowhere:Lost can't be imported: No module named 'acme_nowhere'",
    ]


def test_of_one_that_is_named_all_commands_and_events_are_told(command: Run, folder: Path) -> None:
    environment = install_queue(folder, Queue="acme_queue_domain:Queue")
    assert command("domains", "Queue", env=environment).out.splitlines() == [
        "Queue (acme-queue 1.2)",
        "  The jobs of acme.",
        "",
        "commands:",
        "  disable()",
        "      Send no more events.",
        "  enable()",
        "      Send events from now on.",
        "  find(name: string) -> (jobId: string, name: string)",
        "      Find a job.",
        "  pause(type?: string, process?: integer) -> (pid: integer, type: string,",
        "          note: string)",
        "      Take no more jobs.",
        "  where() -> (pid: integer, seen: integer)",
        "      Say where the host is.",
        "",
        "events:",
        "  jobStarted(jobId: string, name: string)",
        "      A job is about to run.",
    ]


def test_without_docstrings_there_are_no_descriptions_and_all_else_works(
    command: Run, folder: Path
) -> None:
    environment = install_queue(folder, Queue="acme_queue_domain:Queue")
    said = command("domains", "Queue", env=environment | {"PYTHONOPTIMIZE": "2"}).out
    assert said.startswith("Queue (acme-queue 1.2)\n\ncommands:\n  disable()\n  enable()\n")


def test_the_description_can_be_had_without_a_host(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["domains", "--json", "Schema"]) == 0
    [schema] = json.loads(capsys.readouterr().out)["domains"]
    assert schema["domain"] == "Schema"


def test_one_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["domains", "Queue"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("tapscope: there is no domain Queue; there are Network, Runtime")
