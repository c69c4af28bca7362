"""The library, which works the same whether anybody listens or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tapscope import agents

from jobqueue import Queue, queues


@pytest.fixture(params=["nobody listens", "watched"])
def queue(request: pytest.FixtureRequest) -> Iterator[Queue]:
    if request.param == "nobody listens":
        with Queue("letters") as queue:
            yield queue
    else:
        with agents.Session(), Queue("letters") as queue:
            yield queue


def test_a_job_gives_what_its_function_returns(queue: Queue) -> None:
    assert queue.submit("count", len, "abc").result(10) == 3


def test_a_job_fails_with_what_its_function_raises(queue: Queue) -> None:
    with pytest.raises(ZeroDivisionError):
        queue.submit("divide", divmod, 1, 0).result(10)


def test_a_paused_queue_begins_no_jobs(queue: Queue) -> None:
    queue.pause()
    waits = queue.submit("count", len, "abc")
    assert (queue.paused, queue.waiting, waits.running()) == (True, 1, False)
    queue.resume()
    assert waits.result(10) == 3


def test_a_cancelled_job_is_not_run(queue: Queue) -> None:
    queue.pause()
    ran: list[int] = []
    assert queue.submit("never", ran.append, 1).cancel()
    queue.close()
    assert ran == []


def test_a_closed_queue_takes_no_jobs(queue: Queue) -> None:
    queue.close()
    with pytest.raises(RuntimeError, match="the queue 'letters' is closed and takes no 'count'"):
        queue.submit("count", len, "abc")


def test_queues_can_be_found(queue: Queue) -> None:
    assert queue in queues()
