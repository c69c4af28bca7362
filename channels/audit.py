"""Audit events of the interpreter, as messages on channels: those that are asked for.

CPython raises some hundred kinds of audit events (``open``, ``socket.connect``,
``subprocess.Popen``).  A hook can never be removed again and costs the whole
process a little for every one of them, so nothing is hooked until
:func:`feed` is called for the first time, and what is not asked for is left at once.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Sequence
from typing import Any

import attrs

from . import clock
from ._channel import Channel
from ._errors import ChannelError
from ._lock import lock
from ._registry import channel
from ._subscription import Subscription


@attrs.define(eq=False)
class AuditRaised:
    """The interpreter or a library has raised an audit event.

    Attributes:
        at: When, in nanoseconds of :func:`time.monotonic_ns`.
        event: Its name, as in Python's audit events table.
        arguments: As raised; the program's own objects, not copies.
    """

    at: int
    event: str
    arguments: Sequence[object]


_wanted: dict[str, Channel[AuditRaised]] = {}
_feeds: dict[str, int] = {}
_hooked: list[bool] = []


def channel_of(event: str) -> Channel[AuditRaised]:
    """Give the channel of an audit event: ``socket.connect`` has ``audit.socket.connect``.

    Raises:
        ChannelError: The name has no letter or digit to make a channel's name of.
    """
    words = re.findall(r"[a-z0-9_]+", event.lower())
    if not words:
        raise ChannelError(f"no audit event has the name {event!r}")
    return channel(".".join(["audit", *words]), AuditRaised)


def feed(*events: str) -> Subscription:
    """Publish the audit events of these names, each on its channel, until that is closed.

    Closing it stops the messages; the hook itself stays until the process ends.

    Raises:
        ChannelError: One of them can't be the name of an event.
    """
    channels = {event: channel_of(event) for event in events}
    with lock:
        for event, found in channels.items():
            _feeds[event] = _feeds.get(event, 0) + 1
            _wanted[event] = found
        if not _hooked:
            _hooked.append(True)
            sys.addaudithook(_hook)
    return Subscription(_hook, lambda: _stop(events))


def _stop(events: Sequence[str]) -> None:
    with lock:
        for event in events:
            _feeds[event] -= 1
            if not _feeds[event]:
                _wanted.pop(event, None)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    found = _wanted.get(event)
    if found is not None and found.has_subscribers:
        # What a hook raises would make the audited call itself fail.
        with contextlib.suppress(Exception):
            found.publish(AuditRaised(clock.now(), event, arguments))
