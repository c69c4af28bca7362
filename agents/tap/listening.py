"""Which lifecycles and channels the tap hears, and what of its queue takes their events."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ...channels import Channel, Lifecycle, Subscription, observe_lifecycles
from ...channels.log import records
from .queue import EventQueue
from .takers import Take, client_takers, server_takers


class Listening:
    """Subscribes a queue to lifecycles, those that exist and those to come, and to records.

    Until :meth:`only` has said which are wanted it hears all of them, so that
    nothing is missed of what happens before the host is there.
    """

    def __init__(self, queue: EventQueue) -> None:
        self._queue = queue
        self._wanted: Collection[str] | None = None
        self._own: frozenset[str] = frozenset()
        self._stop: Callable[[], object] | None = None
        self._known: dict[str, tuple[Channel[Any], ...]] = {records.name: (records,)}
        self._subscriptions: dict[str, list[Subscription]] = {}

    def start(self) -> None:
        """Begin to hear; a second call does nothing."""
        if self._stop is None:
            self._stop = observe_lifecycles(self._found)
            self._follow(records.name)

    def stop(self) -> None:
        """Hear nothing more; a second call does nothing."""
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()
        for name in list(self._subscriptions):
            self._unsubscribe(name)

    def only(self, names: Collection[str]) -> None:
        """Hear what is called *names* from now on, and no others but :meth:`also`'s."""
        self._wanted = frozenset(names)
        self._follow_all()

    def also(self, names: Collection[str]) -> None:
        """Hear the lifecycles called *names* as well, whatever is wanted."""
        self._own |= frozenset(names)
        self._follow_all()

    def _follow_all(self) -> None:
        if self._stop is None:
            return
        for name in list(self._known):
            self._follow(name)

    def _found(self, lifecycle: Lifecycle[Any, Any, Any, Any, Any]) -> None:
        self._known[lifecycle.name] = lifecycle.channels
        self._follow(lifecycle.name)

    def _follow(self, name: str) -> None:
        if self._wants(name):
            self._subscribe(name)
        # Asked again, as another thread may have changed its mind meanwhile.
        if not self._wants(name):
            self._unsubscribe(name)

    def _wants(self, name: str) -> bool:
        return self._wanted is None or name in self._wanted or name in self._own

    def _subscribe(self, name: str) -> None:
        claim: list[Subscription] = []
        if self._subscriptions.setdefault(name, claim) is claim:
            for channel, take in zip(self._known[name], self._takers(name), strict=True):
                claim.append(channel.subscribe(take))

    def _unsubscribe(self, name: str) -> None:
        for subscription in self._subscriptions.pop(name, ()):
            subscription.close()

    def _takers(self, name: str) -> tuple[Take, ...]:
        queue = self._queue
        if name == records.name:
            return (queue.record,)
        if name == "http.client":
            return client_takers(queue)
        if name == "http.server":
            return server_takers(queue)
        if name in {"websocket.client", "websocket.server"}:
            opened, frame, closed = queue.socket_opened, queue.socket_frame, queue.socket_closed
            return queue.socket_opening, opened, frame, closed, queue.error
        answered, chunk, finished = queue.work_answered, queue.work_chunk, queue.work_finished
        return queue.work_started, answered, chunk, finished, queue.error
