from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, overload

import attrs

from ._channel import Channel
from ._errors import ChannelError
from ._lock import lock
from ._registry import channel
from ._suppression import suppressed
from .work import UNSEEN, Exchange, WorkAnswered, WorkChunk, WorkFailed, WorkFinished, WorkStarted

Start = TypeVar("Start")
Headers = TypeVar("Headers")
BodyChunk = TypeVar("BodyChunk")
Finish = TypeVar("Finish")
Failure = TypeVar("Failure")

WORK_EVENTS = (WorkStarted, WorkAnswered, WorkChunk, WorkFinished, WorkFailed)
PHASES = ("start", "headers", "body_chunk", "finish", "error")


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

    @property
    def channels(self) -> tuple[Channel[Any], ...]:
        """The five, in the order of an exchange."""
        return self.start, self.headers, self.body_chunk, self.finish, self.error

    @property
    def has_subscribers(self) -> bool:
        """Whether anyone listens to any of the five."""
        return (
            self.start.has_subscribers
            or self.headers.has_subscribers
            or self.body_chunk.has_subscribers
            or self.finish.has_subscribers
            or self.error.has_subscribers
        )

    def exchange(self, name: str, detail: Mapping[str, object] | None = None) -> Exchange:
        """Give a new exchange, which publishes the events of :mod:`tapscope.channels.work`.

        If nobody listens it is one that does nothing, and goes on doing so.

        Raises:
            ChannelError: This lifecycle has declared events of its own.
        """
        if not self.has_subscribers or suppressed():
            return UNSEEN
        declared = self.start.event
        if declared not in {None, WorkStarted}:
            raise ChannelError(f"{self.name!r} publishes {declared!r}; make those events yourself")
        if declared is None:
            self.declare(WORK_EVENTS)
        return Exchange(self, name, detail or {})

    def declare(self, events: Iterable[type[Any]]) -> None:
        """Say of what classes the events of the five channels are."""
        for member, event in zip(self.channels, events, strict=True):
            channel(member.name, event)


_lifecycles: dict[str, Lifecycle[Any, Any, Any, Any, Any]] = {}
_observers: list[Callable[[Lifecycle[Any, Any, Any, Any, Any]], object]] = []


@overload
def lifecycle(name: str) -> Lifecycle[Any, Any, Any, Any, Any]: ...
@overload
def lifecycle(
    name: str,
    *,
    start: type[Start],
    headers: type[Headers],
    body_chunk: type[BodyChunk],
    finish: type[Finish],
    error: type[Failure],
) -> Lifecycle[Start, Headers, BodyChunk, Finish, Failure]: ...
def lifecycle(name: str, **events: type[Any]) -> Lifecycle[Any, Any, Any, Any, Any]:
    """Give the lifecycle of *name*, whose channels are ``name.start``, ``name.headers`` and so on.

    The five classes, where they are given, declare what is published there.

    Raises:
        ChannelError: *name* is not a channel's name.
    """
    with lock:
        found = _lifecycles.get(name)
        if found is None:
            members = {phase: channel(f"{name}.{phase}") for phase in PHASES}
            found = _lifecycles[name] = Lifecycle(name=name, **members)
            for observer in _observers:
                observer(found)
        if events:
            found.declare(events[phase] for phase in PHASES)
    return found


def observe_lifecycles(
    observer: Callable[[Lifecycle[Any, Any, Any, Any, Any]], object],
) -> Callable[[], object]:
    """Call *observer* with every lifecycle there is and will be, until the result is called."""
    with lock:
        for found in _lifecycles.values():
            observer(found)
        _observers.append(observer)
    return lambda: _observers.remove(observer)
