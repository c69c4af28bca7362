from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ._channel import Channel
from ._errors import ChannelError
from ._handlers import EVENTS
from ._lock import lock
from ._registry import channel
from ._tracing import TracingChannel

_traces: dict[tuple[str, ...], TracingChannel] = {}


def tracing_channel(name_or_channels: str | Mapping[str, Channel[Any]]) -> TracingChannel:
    """Give the tracing channel of a name, or of five channels by event.

    ``"acme.query"`` has the channels ``tracing.acme.query.start`` and so on.
    The same channels give the same object every time.

    Raises:
        ChannelError: It is neither, or one of the five is missing.
    """
    channels = {event: member_channel(name_or_channels, event) for event in EVENTS}
    key = tuple(member.name for member in channels.values())
    with lock:
        if key not in _traces:
            _traces[key] = TracingChannel(channels)
        return _traces[key]


def member_channel(given: Any, event: str) -> Channel[Any]:
    """Give the channel of *event*, out of a name or of channels by event."""
    if isinstance(given, str):
        return channel(f"tracing.{given}.{event}")
    if not isinstance(given, Mapping):
        raise ChannelError(f"name_or_channels must be a name or five channels, not {given!r}")
    member = cast("Mapping[str, Channel[Any] | None]", given).get(event)
    if not isinstance(member, Channel):
        raise ChannelError(f"name_or_channels.{event} must be a channel, not {member!r}")
    return member
