from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import iscoroutinefunction
from types import TracebackType
from typing import Any, TypeVar, final

import attrs

from ._errors import ChannelError

E = TypeVar("E")

Subscriber = Callable[[E, str], object]
"""Called with the message and the name of its channel, in the publisher's thread."""


class _Closing:
    """What is closed at the end of a ``with``."""

    __slots__ = ()

    def close(self) -> None:
        """Undo it; a second call does nothing."""
        raise NotImplementedError

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@final
@attrs.define(eq=False)
class Subscription(_Closing):
    """What one ``subscribe`` made; closes with ``close()`` or at the end of a ``with``."""

    subscriber: Callable[..., object]
    _close: Callable[[], object]
    _closed: bool = attrs.field(default=False, init=False)

    def close(self) -> None:
        """Stop the calls; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._close()

    def __enter__(self) -> Subscription:
        return self


@final
@attrs.define(eq=False)
class SubscriptionGroup(_Closing):
    """Subscriptions to several channels, closed in one step."""

    members: Sequence[Subscription]

    def close(self) -> None:
        """Stop the calls of all of them; a second call does nothing."""
        for member in self.members:
            member.close()

    def __enter__(self) -> SubscriptionGroup:
        return self


def require_subscriber(channel: str, subscriber: Any) -> None:
    """Refuse what can't be a subscriber.

    Raises:
        ChannelError: *subscriber* can't be called, or would have to be awaited.
    """
    if not callable(subscriber):
        raise ChannelError(f"subscriber of {channel!r} must be callable, not {subscriber!r}")
    if iscoroutinefunction(subscriber) or iscoroutinefunction(type(subscriber).__call__):
        raise ChannelError(
            f"subscriber of {channel!r} is called and not awaited: "
            f"{subscriber!r} must be a plain function"
        )
