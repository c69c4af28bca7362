"""Channels by name, and subscriptions to sets of names."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Any, TypeVar, overload

import attrs

from ._channel import Channel, refresh, subscribe_for_pattern
from ._errors import ChannelError
from ._failures import CHANNEL, SubscriberFailed, announce_through
from ._lock import lock
from ._subscription import Subscriber, Subscription, require_subscriber
from ._suppression import install_gates_through

E = TypeVar("E")

_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_PATTERN = re.compile(r"([a-z0-9_]+|\*\*?)(\.([a-z0-9_]+|\*\*?))*")

# Strong on purpose: a program has few names, and a name that could be collected
# would have to be told from one whose subscribers only wait.
_channels: dict[str, Channel[Any]] = {}
_patterns: list[_Pattern] = []


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
            self.members.append(subscribe_for_pattern(channel, self.subscriber))

    def close(self) -> None:
        with lock:
            if self in _patterns:
                _patterns.remove(self)
            for member in self.members:
                member.close()


def _expression(pattern: str) -> str:
    escaped = re.escape(pattern)
    return escaped.replace(r"\.\*\*", r"(\..+)?").replace(r"\*\*", ".+").replace(r"\*", r"[^.]+")


@overload
def channel(name: str) -> Channel[Any]: ...
@overload
def channel(name: str, event: type[E], doc: str | None = None) -> Channel[E]: ...
def channel(name: str, event: type[Any] | None = None, doc: str | None = None) -> Channel[Any]:
    """Give the channel called *name*: the same object every time, from any thread.

    Args:
        event: The class of what is published there, which this call declares.
        doc: One line for listings; by default the first of the class's docstring.

    Raises:
        ChannelError: *name* is not words of ``a-z``, ``0-9`` and ``_`` joined by dots.
    """
    found = _channels.get(name)
    if found is None:
        found = _create(name)
    if event is not None:
        found.event = event
        found.doc = doc or _first_line(event)
    return found


def _create(name: str) -> Channel[Any]:
    # Checked here alone, since a name that was created has been checked.
    if not isinstance(name, str) or not _NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ChannelError(f"a channel's name is dotted and lower-case, not {name!r}")
    with lock:
        if name not in _channels:
            created = Channel[Any](name)
            for pattern in tuple(_patterns):
                pattern.offer(created)
            # A signal handler may have made it meanwhile.
            _channels.setdefault(name, created)
        return _channels[name]


def _first_line(event: type[Any]) -> str:
    # attrs writes a docstring of its own where there is none: the signature.
    return cleandoc(event.__doc__ or "").partition("\n")[0]


def matches(pattern: str, name: str) -> bool:
    """Whether *pattern* names the channel called *name*."""
    return re.fullmatch(_expression(pattern), name) is not None


def known_channels() -> list[Channel[Any]]:
    """Give all channels that exist now, by name."""
    return [_channels[name] for name in sorted(_channels)]


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
            *subscriber* can't be called, or would have to be awaited.
    """
    if not _PATTERN.fullmatch(pattern):
        raise ChannelError(f"a pattern is a channel's name with * or ** for words, not {pattern!r}")
    if "*" not in pattern:
        return channel(pattern).subscribe(subscriber)
    require_subscriber(pattern, subscriber)
    with lock:
        group = _Pattern(pattern, subscriber)
        for member in tuple(_channels.values()):
            group.offer(member)
        _patterns.append(group)
    return Subscription(subscriber, group.close)


def unsubscribe(pattern: str, subscriber: Subscriber[Any]) -> bool:
    """Undo the oldest subscription of *subscriber* to *pattern*; whether there was one."""
    if "*" not in pattern:
        found = _channels.get(pattern)
        return found is not None and found.unsubscribe(subscriber)
    with lock:
        for group in _patterns:
            if group.text == pattern and group.subscriber == subscriber:
                group.close()
                return True
    return False


def _install_gates() -> None:
    for found in tuple(_channels.values()):
        refresh(found)


install_gates_through(_install_gates)
announce_through(channel(CHANNEL, SubscriberFailed).publish)
