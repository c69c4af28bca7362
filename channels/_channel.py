"""One channel: a name, its subscribers, and a publish that can't hurt.

blinker keeps the subscriptions (identity, order of connection, receivers that
others connect).  It does not deliver: ``Signal.send`` costs a microsecond a
receiver and lets the first error reach the publisher.  So every change of the
subscriptions rebuilds one tuple, and publishing walks that tuple.  Since the
tuple is replaced and never changed, a publish that is under way, in this
thread or another, is not disturbed by it and needs no lock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Generic, ParamSpec, TypeVar, final

from blinker import Signal

from ._errors import ChannelError
from ._lock import lock
from ._nesting import DEEPEST, entries_in_progress
from ._receiver import Gate, Receiver
from ._signal import ChannelSignal
from ._stores import NO_SCOPE, Binding, StoreScope, Transform
from ._subscription import Subscriber, Subscription, require_subscriber
from ._suppression import suppressed
from ._transform import Transformer

E = TypeVar("E")
P = ParamSpec("P")
R = TypeVar("R")


@final
class Channel(Generic[E]):
    """A named, process-wide stream of events.

    Made by :func:`tapscope.channels.channel`, which gives the same object for
    the same name; not to be created directly.

    Attributes:
        name: Dotted and lower-case, ``"http.client.start"``.
        has_subscribers: Whether anyone listens, or a store is bound.  One
            attribute read: ask it before you build a message.
        event: The class of what is published here; ``None`` if nobody has said it.
        doc: One line on what is published here.
    """

    __slots__ = (
        "__weakref__",
        "_busy",
        "_changes",
        "_only",
        "_signal",
        "_stores",
        "_subscribers",
        "_watchers",
        "doc",
        "event",
        "has_subscribers",
        "name",
    )

    def __init__(self, name: str) -> None:
        self.name: str = name
        self.has_subscribers: bool = False
        self.event: type[E] | None = None
        self.doc: str = ""
        self._signal = ChannelSignal(self, self._adopt)
        self._signal.changed = self._refresh
        self._subscribers: tuple[Subscriber[E], ...] = ()
        # The subscriber, if there is but one: a loop over it would cost half as much again.
        self._only: Subscriber[E] | None = None
        self._stores: tuple[Binding, ...] = ()
        self._watchers: tuple[Callable[[], object], ...] = ()
        self._busy = False
        self._changes = 0

    def __repr__(self) -> str:
        return f"<Channel {self.name!r}, {self.subscriber_count} subscribers>"

    @property
    def subscriber_count(self) -> int:
        """How many subscriptions there are, patterns and blinker's receivers included."""
        return len(self._subscribers)

    @property
    def signal(self) -> Signal:
        """The channel as a ``blinker.Signal``, to connect to and to send through.

        What is published reaches receivers as ``receiver(channel, message=message)``,
        in the order of connection.  What is sent with ``message=`` reaches the
        subscribers; other keyword arguments come to them as a
        :class:`~tapscope.channels.signals.SignalSent`.
        """
        return self._signal

    def publish(self, message: E) -> None:
        """Hand *message* to every subscriber, in the order of subscription.

        Runs in the caller's thread, takes no lock while all goes well, and never raises an
        :class:`Exception`: a subscriber that does is reported, left out for a
        while and tried again, and the others are called all the same.  What
        subscribers publish to their own channel is lost beyond eight levels.
        """
        try:
            if self._busy and self._too_deep():
                return
            self._busy = True
            entry = self._only
            if entry is None:
                name = self.name
                for entry in self._subscribers:
                    try:
                        entry(message, name)
                    except Exception as error:
                        self._fail(entry, error)
            else:
                try:
                    entry(message, self.name)
                except Exception as error:
                    self._fail(entry, error)
        except RecursionError:  # no room even for reporting
            pass
        self._busy = False

    def subscribe(self, subscriber: Subscriber[E]) -> Subscription:
        """Call *subscriber* with every message from now on.

        The reference is strong: a lambda stays.  Subscribing the same function
        twice has it called twice.

        Raises:
            ChannelError: *subscriber* can't be called, or would have to be awaited.
        """
        return self._connect(subscriber, direct=True)

    def unsubscribe(self, subscriber: Subscriber[E]) -> bool:
        """Undo the oldest subscription of *subscriber*; whether there was one."""
        with lock:
            for place in self._signal.places():
                if place.direct and place.subscriber == subscriber:
                    self._signal.disconnect(place)
                    return True
        return False

    def bind_store(self, store: ContextVar[Any], transform: Transform | None = None) -> None:
        """Have :meth:`run_stores` set the context variable *store*.

        It is set to the message, or to what *transform* makes of it.  Binding it
        again replaces the transform.  A bound store makes the channel active.
        """
        evaluate = Transformer(self.name, transform) if transform else _itself
        binding = Binding(store, evaluate)
        with lock:
            kept = [binding if old.variable is store else old for old in self._stores]
            self._stores = tuple(kept if binding in kept else [*kept, binding])
            self._refresh()

    def unbind_store(self, store: ContextVar[Any]) -> bool:
        """Undo :meth:`bind_store`; whether it was bound."""
        with lock:
            kept = tuple(binding for binding in self._stores if binding.variable is not store)
            found = len(kept) < len(self._stores)
            self._stores = kept
            self._refresh()
        return found

    def run_stores(
        self, message: E, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call *function* with the bound stores set, after publishing *message*."""
        if not self.has_subscribers:
            return function(*args, **kwargs)
        with self.store_scope(message):
            return function(*args, **kwargs)

    def store_scope(self, message: E) -> StoreScope:
        """Give a ``with`` that publishes *message* and has the bound stores set inside."""
        if not self.has_subscribers or suppressed():
            return NO_SCOPE
        return StoreScope(self._stores, self.publish, message)

    def watch_activity(self, watcher: Callable[[], object]) -> Subscription:
        """Call *watcher* whenever :attr:`has_subscribers` has changed.

        In the thread that changed it, which holds the lock of the bus: read the
        attribute and leave.
        """
        with lock:
            self._watchers = (*self._watchers, watcher)
        return Subscription(watcher, lambda: self._unwatch(watcher))

    def _connect(self, subscriber: Subscriber[E], *, direct: bool) -> Subscription:
        require_subscriber(self.name, subscriber)
        place = Receiver(self.name, subscriber, self._refresh, self._nested, direct)
        self._signal.connect(place, weak=False)
        return Subscription(subscriber, lambda: self._signal.disconnect(place))

    def _refresh(self) -> None:
        with lock:
            self._changes += 1
            seen, before = -1, self.has_subscribers
            # A signal handler may change the subscriptions while we rebuild.
            while seen != self._changes:
                seen = self._changes
                entries = tuple(place.entry for place in self._signal.places())
                self._subscribers = entries
                self._only = entries[0] if len(entries) == 1 else None
                self.has_subscribers = bool(entries or self._stores)
            if self.has_subscribers is not before:
                self._tell_watchers()

    def _adopt(self, subscriber: Subscriber[E]) -> Receiver:
        return Receiver(self.name, subscriber, self._refresh, self._nested, direct=False)

    def _unwatch(self, watcher: Callable[[], object]) -> None:
        with lock:
            self._watchers = tuple(kept for kept in self._watchers if kept is not watcher)

    def _tell_watchers(self) -> None:
        for watcher in self._watchers:
            with contextlib.suppress(Exception):
                watcher()

    def _nested(self) -> bool:
        return len(entries_in_progress(self, _PUBLISH)) > 1

    def _too_deep(self) -> bool:
        entries = entries_in_progress(self, _PUBLISH)
        if len(entries) < DEEPEST:
            return False
        reason = f"it publishes to its own channel, {len(entries)} levels deep; this one is lost"
        self._fail(entries[0], ChannelError(reason))
        return True

    def _fail(self, entry: Subscriber[E], error: Exception) -> None:
        try:  # noqa: SIM105  # at interpreter shutdown contextlib may be gone
            self._place_of(entry).fail(error)
        except Exception:  # noqa: S110  # and so may anything else
            pass

    def _place_of(self, entry: Subscriber[E]) -> Receiver:
        if isinstance(entry, Gate):
            return entry.receiver
        places = [place for place in self._signal.places() if place.subscriber is entry]
        well = [place for place in places if place.guard is None]
        # Whoever has left while being called has none any more, and is reported all the same.
        return next(iter(well or places), None) or self._adopt(entry)


def subscribe_for_pattern(channel: Channel[E], subscriber: Subscriber[E]) -> Subscription:
    """Subscribe so that ``unsubscribe`` does not find it."""
    return channel._connect(  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001  # a friend
        subscriber, direct=False
    )


def refresh(channel: Channel[Any]) -> None:
    """Have *channel* ask again what it is to call."""
    channel._refresh()  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001  # a friend


def _itself(message: object) -> list[Any]:
    return [message]


_PUBLISH = Channel[Any].publish.__code__
