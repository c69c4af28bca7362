"""A subscriber's place in a channel, and who stands in for it when it fails.

A channel calls *entries*.  The entry of a subscriber that is well is the
subscriber itself, so that a healthy publish pays for nothing else; only a
failure puts a guard there, and only a suppression a gate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from . import clock
from ._failures import SubscriberFailed, report
from ._lock import lock
from ._subscription import Subscriber
from ._suppression import gated, suppressed

LONGEST_SKIP = 1024
"""The most messages that a failing subscriber misses before it is tried again."""

RECOVERY = 64
"""How many messages in a row it must take to count as well again."""


@attrs.define(eq=False)
class SignalSent:
    """Somebody sent something through a ``blinker.Signal`` that is not one message.

    Attributes:
        sender: The signal's sender.
        arguments: The keyword arguments of the call.
    """

    sender: object
    arguments: Mapping[str, Any]


@attrs.define(eq=False)
class Receiver:
    """One subscription's place; blinker keeps it.

    Attributes:
        direct: Whether it was subscribed to this very channel, not by a pattern.
        rebuild: Has the channel ask for the entry again.
        nested: Tells whether the channel is publishing inside its own publish.
    """

    name: str
    subscriber: Subscriber[Any]
    rebuild: Callable[[], object]
    nested: Callable[[], bool]
    direct: bool = True
    guard: Guard | None = attrs.field(default=None, init=False)

    @property
    def entry(self) -> Subscriber[Any]:
        """What the channel is to call."""
        if self.guard is not None:
            return self.guard
        return Gate(self) if gated() else self.subscriber

    def fail(self, error: BaseException) -> None:
        """Take note that the subscriber raised *error*."""
        with lock:
            guard = self.guard
            if guard is None:
                guard = self.guard = Guard(self)
                self.rebuild()
        guard.fail(error)

    def __call__(self, sender: object, /, **arguments: Any) -> None:
        """Take what was sent through the channel's ``blinker.Signal``."""
        one = arguments.keys() == {"message"}
        message = arguments["message"] if one else SignalSent(sender, arguments)
        try:
            self.entry(message, self.name)
        except Exception as error:
            self.fail(error)


@attrs.define(eq=False)
class Gate:
    """Lets a message through unless it is published where that is suppressed."""

    receiver: Receiver

    def __call__(self, message: object, name: str) -> None:
        if not suppressed():
            self.receiver.subscriber(message, name)


@attrs.define(eq=False)
class Guard:
    """Stands in for a subscriber that failed: leaves it out, tries it, lets it back.

    After the first failure it misses one message, after the next two, four and
    so on; each time it is tried with the message that follows.
    """

    receiver: Receiver
    failures: int = 0
    skipping: int = 0
    well: int = 0
    _next_skip: int = attrs.field(default=0, init=False)

    def __call__(self, message: object, name: str) -> None:
        if suppressed() or self.receiver.nested():
            return
        if self.skipping > 0:
            self.skipping -= 1
            return
        try:
            self.receiver.subscriber(message, name)
        except Exception as error:
            self.fail(error)
        else:
            self._succeed()

    def fail(self, error: BaseException) -> None:
        """Count a failure, leave the subscriber out for longer, and tell."""
        with lock:
            self.failures += 1
            self.skipping = self._next_skip = min(2 * self._next_skip or 1, LONGEST_SKIP)
            self.well = 0
            failures, skipping = self.failures, self.skipping
        subscriber, name = self.receiver.subscriber, self.receiver.name
        report(SubscriberFailed(clock.now(), name, subscriber, error, failures, skipping))

    def _succeed(self) -> None:
        self.well += 1
        if self.well >= RECOVERY:
            self.receiver.guard = None
            self.receiver.rebuild()
