"""What runs in the program, as its queues are there."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from tapscope.channels.remote import remote

import jobqueue


@attrs.frozen
class QueueState:
    """A queue, as it is now.

    Attributes:
        waiting: How many jobs have not begun.
    """

    name: str
    paused: bool
    waiting: int


@attrs.frozen
class QueueStates:
    """Queues of a program, by name."""

    queues: list[QueueState]


@remote
def get_queues() -> QueueStates:
    """Give the queues that there are."""
    return _states(jobqueue.queues())


@remote
def pause(queue: str) -> QueueStates:
    """Let the queues of that name begin no more jobs."""
    found = _named(queue)
    for each in found:
        each.pause()
    return _states(found)


@remote
def resume(queue: str) -> QueueStates:
    """Let the queues of that name begin jobs again."""
    found = _named(queue)
    for each in found:
        each.resume()
    return _states(found)


def _named(name: str) -> list[jobqueue.Queue]:
    found = [queue for queue in jobqueue.queues() if queue.name == name]
    if not found:
        there = ", ".join(queue.name for queue in jobqueue.queues()) or "none"
        raise LookupError(f"there is no queue {name!r}; there are: {there}")
    return found


def _states(queues: Iterable[jobqueue.Queue]) -> QueueStates:
    return QueueStates([QueueState(each.name, each.paused, each.waiting) for each in queues])
