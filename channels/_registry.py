"""Channels by name, and subscriptions to sets of names."""

from __future__ import annotations

import re
import threading
from typing import Any

import attrs

from ._channel import Channel, Subscriber, Subscription
from ._errors import ChannelError

_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_PATTERN = re.compile(r"([a-z0-9_]+|\*\*?)(\.([a-z0-9_]+|\*\*?))*")

_channels: dict[str, Channel[Any]] = {}
_patterns: list[_Pattern] = []
_lock = threading.RLock()


@attrs.define(eq=False)
class _Pattern:
    """A subscription to every channel, present or to come, whose name matches."""

    text: str
    subscriber: Subscriber[Any]
    members: list[Subscription] = attrs.field(factory=list[Subscription])
    expression: re.Pattern[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.expression = re.compile(_expression(self.text))

    def offer(self, channel: Channel[Any]) -> None:
        if self.expression.fullmatch(channel.name):
            self.members.append(channel.subscribe(self.subscriber))

    def close(self, subscription: Subscription) -> None:
        del subscription
        with _lock:
            _patterns.remove(self)
            for member in self.members:
                member.close()


def _expression(pattern: str) -> str:
    escaped = re.escape(pattern)
    return escaped.replace(r"\.\*\*", r"(\..+)?").replace(r"\*\*", ".+").replace(r"\*", r"[^.]+")


def channel(name: str) -> Channel[Any]:
    """Give the channel called *name*: the same object every time, from any thread.

    Raises:
        ChannelError: *name* is not words of ``a-z``, ``0-9`` and ``_`` joined by dots.
    """
    found = _channels.get(name)
    return found if found is not None else _create(name)


def _create(name: str) -> Channel[Any]:
    # Checked here alone, since a name that was created has been checked.
    if not isinstance(name, str) or not _NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ChannelError(f"a channel's name is dotted and lower-case, not {name!r}")
    with _lock:
        if name not in _channels:
            created = Channel[Any](name)
            for pattern in _patterns:
                pattern.offer(created)
            _channels[name] = created
        return _channels[name]


def has_subscribers(name: str) -> bool:
    """Whether the channel called *name* exists and has any; never creates it."""
    found = _channels.get(name)
    return found is not None and found.has_subscribers


def subscribe(pattern: str, subscriber: Subscriber[Any]) -> Subscription:
    """Subscribe to the channel, or to all channels, that *pattern* names.

    ``*`` stands for one word of a name and a last ``**`` for any number of
    them, so ``"http.client.**"`` covers ``http.client`` and all below it.
    Channels that are created later are included; closing the subscription
    ends it for all of them.

    Raises:
        ChannelError: *pattern* is not a channel's name with stars for words, or
            *subscriber* can't be called.
    """
    if not _PATTERN.fullmatch(pattern):
        raise ChannelError(f"a pattern is a channel's name with * or ** for words, not {pattern!r}")
    if "*" not in pattern:
        return channel(pattern).subscribe(subscriber)
    with _lock:
        group = _Pattern(pattern, subscriber)
        for member in list(_channels.values()):
            group.offer(member)
        _patterns.append(group)
    return Subscription(subscriber, group.close)


def unsubscribe(name: str, subscriber: Subscriber[Any]) -> bool:
    """Undo the oldest subscription of *subscriber* to the channel *name*; whether there was one."""
    found = _channels.get(name)
    return found is not None and found.unsubscribe(subscriber)
