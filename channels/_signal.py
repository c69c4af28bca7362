from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import attrs
from blinker import ANY, Signal

from ._lock import lock
from ._receiver import Receiver

F = TypeVar("F", bound=Callable[..., Any])


class ChannelSignal(Signal):
    """Keeps the subscriptions of a channel, and tells it when they change."""

    def __init__(self, owner: Any, place: Callable[[Callable[..., Any]], Receiver]) -> None:
        super().__init__()
        self._owner = owner
        self._place = place
        self._adopted: dict[Hashable, Receiver] = {}
        self.changed: Callable[[], object] = lambda: None

    def connect(self, receiver: F, sender: Any = ANY, weak: bool = True) -> F:  # noqa: FBT001, FBT002  # blinker's
        """Connect *receiver* as blinker does."""
        with lock:
            super().connect(receiver, sender, weak)
            self.changed()
        return receiver

    def disconnect(self, receiver: Callable[..., Any], sender: Any = ANY) -> None:
        """Disconnect *receiver* as blinker does."""
        with lock:
            super().disconnect(receiver, sender)
            self.changed()

    def places(self) -> list[Receiver]:
        """Give the places of all who hear what the channel publishes, in order."""
        kept = list(self.receivers.items())
        if all(isinstance(stored, Receiver) for _, stored in kept):
            self._adopted.clear()
            return [stored for _, stored in kept if isinstance(stored, Receiver)]
        hearing = list(self.receivers_for(self._owner))
        places: dict[Hashable, Receiver] = {}
        for key, stored in kept:
            if isinstance(stored, Receiver):
                places[key] = stored
            elif _strong(stored) in hearing:
                places[key] = self._adopted.get(key) or self._place(_Foreign(self, stored))
        self._adopted = {key: place for key, place in places.items() if not place.direct}
        return list(places.values())

    def hand_over(self, receiver: Callable[..., Any], message: object) -> None:
        """Call a receiver of blinker's kind with what the channel publishes."""
        receiver(self._owner, message=message)


@attrs.define(eq=False)
class _Foreign:
    """A receiver that somebody connected to the signal, as a subscriber."""

    signal: ChannelSignal
    stored: object

    def __call__(self, message: object, name: str) -> None:
        del name
        receiver = _strong(self.stored)
        if receiver is None:
            self.signal.changed()
        else:
            self.signal.hand_over(receiver, message)


def _strong(stored: Any) -> Callable[..., Any] | None:
    if isinstance(stored, weakref.ref):
        return cast("weakref.ref[Callable[..., Any]]", stored)()
    return cast("Callable[..., Any]", stored)
