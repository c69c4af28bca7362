from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, final

import attrs

from ._channel import Channel
from ._errors import ChannelError
from ._handlers import TraceHandlers
from ._stores import NO_SCOPE, StoreScope
from ._subscription import Subscriber, SubscriptionGroup
from ._traces import member_channel

P = ParamSpec("P")
R = TypeVar("R")


@final
@attrs.frozen(eq=False)
class BoundedChannel:
    """The channels start and end of something that only begins and ceases.

    Made by :func:`tapscope.channels.bounded_channel`.  There is no error event:
    what is raised inside passes, after the end.
    """

    start: Channel[Any]
    end: Channel[Any]

    @property
    def has_subscribers(self) -> bool:
        """Whether anyone listens to either."""
        return self.start.has_subscribers or self.end.has_subscribers

    def subscribe(self, handlers: TraceHandlers) -> SubscriptionGroup:
        """Subscribe the start and the end of *handlers*; closing the result ends it for both.

        Raises:
            ChannelError: *handlers* has one for another event, which would never come.
        """
        return SubscriptionGroup(
            [member.subscribe(handler) for member, handler in self._members(handlers)]
        )

    def unsubscribe(self, handlers: TraceHandlers) -> bool:
        """Undo the oldest subscription of each of *handlers*; whether all were found."""
        found = [member.unsubscribe(handler) for member, handler in self._members(handlers)]
        return all(found)

    def run(
        self, context: object, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call *function* between start and end, with the stores of start set."""
        if not self.has_subscribers:
            return function(*args, **kwargs)
        with self.scope(context):
            return function(*args, **kwargs)

    def scope(self, context: object) -> BoundedScope:
        """Give a ``with`` whose block lies between start and end."""
        return BoundedScope(self, context)

    def _members(self, handlers: TraceHandlers) -> list[tuple[Channel[Any], Subscriber[Any]]]:
        members = {"start": self.start, "end": self.end}
        given = handlers.items()
        for event, _ in given:
            if event not in members:
                raise ChannelError(f"a bounded channel has start and end, not {event}")
        return [(members[event], handler) for event, handler in given]


@attrs.define(eq=False)
class BoundedScope:
    """The block between start and end; the second exit does nothing."""

    _bounds: BoundedChannel
    _context: object
    _scope: StoreScope = attrs.field(default=NO_SCOPE, init=False)
    _open: bool = attrs.field(default=False, init=False)

    def __enter__(self) -> None:
        self._open = self._bounds.has_subscribers
        if self._open:
            self._scope = self._bounds.start.store_scope(self._context)
            self._scope.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._open:
            self._open = False
            try:
                self._bounds.end.publish(self._context)
            finally:
                self._scope.pause()


def bounded_channel(name_or_channels: str | Mapping[str, Channel[Any]]) -> BoundedChannel:
    """Give the bounded channel of a name, or of two channels by event.

    ``"acme.turn"`` has the channels ``tracing.acme.turn.start`` and ``tracing.acme.turn.end``.

    Raises:
        ChannelError: It is neither, or one of the two is missing.
    """
    return BoundedChannel(
        member_channel(name_or_channels, "start"), member_channel(name_or_channels, "end")
    )
