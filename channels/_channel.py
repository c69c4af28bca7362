"""One channel: a name, its subscribers, and a publish that can't hurt.

blinker keeps the subscriptions (identity, order of connection, receivers that
others connect).  It does not deliver: ``Signal.send`` costs a microsecond a
receiver and lets the first error reach the publisher.  So every change of the
subscriptions rebuilds one tuple, and publishing walks that tuple.  Since the
tuple is replaced and never changed, a publish that is under way, in this
thread or another, is not disturbed by it and needs no lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar, final

import attrs
from blinker import Signal

from ._errors import ChannelError

E = TypeVar("E")

Subscriber = Callable[[E, str], object]
"""Called with the message and the name of its channel, in the publisher's thread."""

_log = logging.getLogger("tapscope")


@final
@attrs.define(eq=False)
class Subscription:
    """What one ``subscribe`` made; closes with ``close()`` or at the end of a ``with``."""

    subscriber: Subscriber[Any]
    _close: Callable[[Subscription], object]
    _closed: bool = attrs.field(default=False, init=False)
    _reported: bool = attrs.field(default=False, init=False)

    def __call__(self, sender: object, *, message: object = None) -> object:
        """Receive what somebody sent through the channel's ``blinker.Signal``."""
        return self.subscriber(message, str(sender))

    def close(self) -> None:
        """Stop the calls; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._close(self)

    def report(self, name: str) -> None:
        """Log the error being handled, the first time only."""
        if not self._reported:
            self._reported = True
            _log.exception("subscriber %r of channel %r failed", self.subscriber, name)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@final
class Channel(Generic[E]):
    """A named, process-wide stream of events.

    Made by :func:`tapscope.channels.channel`, which gives the same object for
    the same name; not to be created directly.

    Attributes:
        name: Dotted and lower-case, ``"http.client.start"``.
        has_subscribers: Whether anyone listens.  One attribute read: ask it
            before you build a message.
    """

    __slots__ = ("__weakref__", "_lock", "_signal", "_subscribers", "has_subscribers", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.has_subscribers = False
        self._signal = Signal(name)
        self._subscribers: tuple[Subscriber[E], ...] = ()
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Channel {self.name!r}, {len(self._subscribers)} subscribers>"

    def publish(self, message: E) -> None:
        """Hand *message* to every subscriber, in the order of subscription.

        Runs in the caller's thread and never raises an :class:`Exception`: a
        subscriber that does is reported once on the logger ``tapscope``, and
        the others are called all the same.
        """
        name = self.name
        for subscriber in self._subscribers:
            try:
                subscriber(message, name)
            except Exception:
                self._report(subscriber)

    def subscribe(self, subscriber: Subscriber[E]) -> Subscription:
        """Call *subscriber* with every message from now on.

        The reference is strong: a lambda stays.  Subscribing the same function
        twice has it called twice.

        Raises:
            ChannelError: *subscriber* can't be called.
        """
        if not callable(subscriber):
            raise ChannelError(f"subscriber of {self.name!r} must be callable, not {subscriber!r}")
        subscription = Subscription(subscriber, self._disconnect)
        with self._lock:
            self._signal.connect(subscription, weak=False)
            self._refresh()
        return subscription

    def unsubscribe(self, subscriber: Subscriber[E]) -> bool:
        """Undo the oldest subscription of *subscriber*; whether there was one."""
        with self._lock:
            for subscription in self._subscriptions():
                if subscription.subscriber == subscriber:
                    subscription.close()
                    return True
        return False

    def _subscriptions(self) -> list[Subscription]:
        return [s for s in self._signal.receivers.values() if isinstance(s, Subscription)]

    def _disconnect(self, subscription: Subscription) -> None:
        with self._lock:
            self._signal.disconnect(subscription)
            self._refresh()

    def _refresh(self) -> None:
        self._subscribers = tuple(s.subscriber for s in self._subscriptions())
        self.has_subscribers = bool(self._subscribers)

    def _report(self, subscriber: Subscriber[E]) -> None:
        for subscription in self._subscriptions():
            if subscription.subscriber is subscriber:
                subscription.report(self.name)
