"""A job, as the protocol has it and as it is read from what was recorded."""

from __future__ import annotations

from typing import Literal

import attrs
from tapscope.agents.domains import Exchange, ExchangeFailed

State = Literal["waiting", "running", "done", "failed"]


@attrs.frozen(kw_only=True)
class Job:
    """A job, from its submission on.

    Attributes:
        id: Also that of its row in the Network panel.
        queue: Which one it was submitted to.
        seconds: From submission to end; left out until then.
    """

    id: str
    title: str
    queue: str
    state: State
    seconds: float | None = None

    @classmethod
    def of(cls, exchange: Exchange) -> Job:
        """Read the job that was recorded as *exchange*."""
        started = exchange.started(_Started)
        took = (exchange.last_at - exchange.start.at) / 1e9
        return cls(
            id=exchange.id,
            title=started.name,
            queue=started.detail.queue,
            state=_state(exchange),
            seconds=None if exchange.end is None else took,
        )


@attrs.frozen
class _Detail:
    """What the library says of a job."""

    queue: str


@attrs.frozen
class _Started:
    """The start of a job, as the library has published it."""

    name: str
    detail: _Detail


def _state(exchange: Exchange) -> State:
    if exchange.end is None:
        return "waiting" if exchange.response is None else "running"
    return "failed" if isinstance(exchange.end, ExchangeFailed) else "done"
