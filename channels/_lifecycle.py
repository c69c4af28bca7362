from __future__ import annotations

from typing import Any, Generic, TypeVar

import attrs

from ._channel import Channel
from ._registry import channel

Start = TypeVar("Start")
Headers = TypeVar("Headers")
BodyChunk = TypeVar("BodyChunk")
Finish = TypeVar("Finish")
Failure = TypeVar("Failure")


@attrs.frozen(eq=False)
class Lifecycle(Generic[Start, Headers, BodyChunk, Finish, Failure]):
    """The five channels of one kind of exchange.

    An exchange publishes ``start`` first and ends with exactly one of
    ``finish`` and ``error``; between them come at most one ``headers`` and any
    number of ``body_chunk``.  Every event carries the exchange's id.
    """

    name: str
    start: Channel[Start]
    headers: Channel[Headers]
    body_chunk: Channel[BodyChunk]
    finish: Channel[Finish]
    error: Channel[Failure]


def lifecycle(name: str) -> Lifecycle[Any, Any, Any, Any, Any]:
    """Give the lifecycle of *name*, whose channels are ``name.start``, ``name.headers`` and so on.

    Raises:
        ChannelError: *name* is not a channel's name.
    """
    return Lifecycle(
        name=name,
        start=channel(f"{name}.start"),
        headers=channel(f"{name}.headers"),
        body_chunk=channel(f"{name}.body_chunk"),
        finish=channel(f"{name}.finish"),
        error=channel(f"{name}.error"),
    )
