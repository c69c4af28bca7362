"""The domain ``Queue``, which lives in the host."""

from __future__ import annotations

from collections import Counter

import attrs
from tapscope.agents.domains import (
    Domain,
    Event,
    Exchange,
    Feed,
    Row,
    WorkAnswered,
    as_name,
    command,
    default_row,
    in_program,
)

from tapscope_queue import live
from tapscope_queue.job import Job

LIFECYCLE = "jobqueue.job"


@attrs.frozen
class JobStarted:
    """A job has been taken from its queue, and runs."""

    job: Job


@attrs.frozen
class JobFinished:
    """A job is over, well or not."""

    job: Job


@attrs.frozen
class JobList:
    """Jobs, the oldest first."""

    jobs: list[Job]


@attrs.frozen(kw_only=True)
class Statistics:
    """How many jobs are in which state.

    Attributes:
        mean_seconds: Of those that are over, from submission to end; left out if none is.
    """

    waiting: int
    running: int
    done: int
    failed: int
    mean_seconds: float | None = None


class QueueFeed(Feed):
    """Tells the front ends of jobs."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Take what has just happened to a job."""
        if isinstance(event, WorkAnswered):
            self.send(JobStarted(Job.of(exchange)))
        elif exchange.end is not None:
            self.send(JobFinished(Job.of(exchange)))


class QueueDomain(Domain):
    """The queues of jobqueue, and their jobs."""

    name = "Queue"
    api = range(1, 2)
    lifecycles = (LIFECYCLE,)
    events = (JobStarted, JobFinished)
    feed = QueueFeed

    get_queues = in_program(live.get_queues)
    pause = in_program(live.pause)
    resume = in_program(live.resume)

    @command
    def get_jobs(self, queue: str | None = None) -> JobList:
        """List the jobs that are known.

        Args:
            queue: Only those of this one.
        """
        return JobList(self._jobs(queue))

    @command
    def get_statistics(self, queue: str | None = None) -> Statistics:
        """Count the jobs that are known.

        Args:
            queue: Only those of this one.
        """
        jobs = self._jobs(queue)
        counts = Counter(job.state for job in jobs)
        took = [job.seconds for job in jobs if job.seconds is not None]
        return Statistics(
            waiting=counts["waiting"],
            running=counts["running"],
            done=counts["done"],
            failed=counts["failed"],
            mean_seconds=sum(took) / len(took) if took else None,
        )

    def _jobs(self, queue: str | None) -> list[Job]:
        jobs = [Job.of(exchange) for exchange in self.target.history(LIFECYCLE)]
        return [job for job in jobs if queue in (None, job.queue)]

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        """Show a job under its queue."""
        job = Job.of(exchange)
        shown = default_row(exchange)
        return Row(
            method="JOB",
            url=f"queue://{as_name(job.queue)}/{as_name(job.title)}",
            payload=shown.payload,
            body=shown.body,
            response_headers={"queue": job.queue},
            status_text=job.state,
        )
