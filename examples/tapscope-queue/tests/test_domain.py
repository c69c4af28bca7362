"""The domain, seen as a front end sees it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest
from tapscope import agents
from tapscope.agents.domains import CommandError

from jobqueue import Queue
from tapscope_queue.domain import QueueDomain


@pytest.fixture
def session() -> Iterator[agents.Session]:
    with agents.Session(QueueDomain) as session:
        yield session


def run(queue: str) -> None:
    """Let one job be done and one fail."""
    with Queue(queue) as jobs:
        jobs.submit("count", len, "abc")
        jobs.submit("divide", divmod, 1, 0)


def test_hosts_find_it() -> None:
    [point] = [p for p in entry_points(group="tapscope.domains") if p.name == "Queue"]
    assert point.load() is QueueDomain


def test_jobs_are_listed(session: agents.Session) -> None:
    run("letters")
    run("pictures")
    jobs = session.post("Queue.getJobs", {"queue": "pictures"})["jobs"]
    assert [(job["title"], job["state"]) for job in jobs] == [
        ("count", "done"),
        ("divide", "failed"),
    ]
    assert len(session.post("Queue.getJobs")["jobs"]) == 4


def test_jobs_are_counted(session: agents.Session) -> None:
    assert session.post("Queue.getStatistics") == {
        "waiting": 0,
        "running": 0,
        "done": 0,
        "failed": 0,
    }
    run("letters")
    counted = dict(session.post("Queue.getStatistics"))
    assert counted.pop("meanSeconds") >= 0
    assert counted == {"waiting": 0, "running": 0, "done": 1, "failed": 1}


def test_whoever_has_enabled_it_is_told_of_jobs(session: agents.Session) -> None:
    run("letters")
    session.post("Queue.enable")
    run("pictures")
    told = [(e.method, e.params["job"]["title"], e.params["job"]["state"]) for e in session.events]
    assert told == [
        ("Queue.jobStarted", "count", "running"),
        ("Queue.jobFinished", "count", "done"),
        ("Queue.jobStarted", "divide", "running"),
        ("Queue.jobFinished", "divide", "failed"),
    ]


def test_a_queue_is_paused_and_resumed_in_the_program(session: agents.Session) -> None:
    with Queue("letters") as queue:
        paused = session.post("Queue.pause", {"queue": "letters"})
        assert paused == {"queues": [{"name": "letters", "paused": True, "waiting": 0}]}
        waits = queue.submit("count", len, "abc")
        assert session.post("Queue.getStatistics")["waiting"] == 1
        session.post("Queue.resume", {"queue": "letters"})
        assert waits.result(10) == 3
        assert {"name": "letters", "paused": False, "waiting": 0} in (
            session.post("Queue.getQueues")["queues"]
        )


def test_a_queue_that_is_not_there_is_an_error(session: agents.Session) -> None:
    with pytest.raises(CommandError, match="there is no queue 'nowhere'"):
        session.post("Queue.pause", {"queue": "nowhere"})


def test_a_job_is_a_row_of_the_network_panel(session: agents.Session) -> None:
    session.post("Network.enable")
    run("letters")
    rows = [
        event.params["request"]
        for event in session.events
        if event.method == "Network.requestWillBeSent"
    ]
    assert [(row["method"], row["url"]) for row in rows] == [
        ("JOB", "queue://letters/count"),
        ("JOB", "queue://letters/divide"),
    ]
