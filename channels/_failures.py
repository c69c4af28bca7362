"""What becomes of a subscriber's error: one report, and one event on a channel of its own."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

CHANNEL = "tapscope.subscriber.failed"

_log = logging.getLogger("tapscope")


@attrs.define(eq=False)
class SubscriberFailed:
    """A subscriber of a channel raised, and is left out for a while.

    Attributes:
        at: When, in nanoseconds of :func:`time.monotonic_ns`.
        channel: The channel's name.
        subscriber: Who failed; for a bound store, its transform.
        error: What it raised; the bus owns it and drops it with the event.
        failures: How often since it was last well, this time included.
        skipping: How many messages it will not get before it is tried again.
    """

    at: int
    channel: str
    subscriber: object
    error: BaseException
    failures: int
    skipping: int


ErrorHook: TypeAlias = Callable[[SubscriberFailed], object]


def log_failure(failure: SubscriberFailed) -> None:
    """Log *failure* with its traceback on the logger ``tapscope``."""
    _log.error(
        "%r, subscriber of channel %r, failed; it will miss the next %d messages",
        failure.subscriber,
        failure.channel,
        failure.skipping,
        exc_info=failure.error,
    )


@attrs.define(eq=False)
class _Desk:
    hook: ErrorHook = log_failure
    announce: Callable[[SubscriberFailed], object] | None = None


_desk = _Desk()


def on_subscriber_error(hook: ErrorHook | None) -> ErrorHook:
    """Have *hook* called, instead of the logger, when a subscriber begins to fail.

    It is called in the publisher's thread, once for each time that a subscriber
    turns from well to failing; an error of its own is logged and goes no further.

    Returns:
        The hook until now; ``None`` puts the logger back.
    """
    previous = _desk.hook
    _desk.hook = hook or log_failure
    return previous


def announce_through(publish: Callable[[SubscriberFailed], object]) -> None:
    """Have every failure handed to *publish*; the registry calls this once."""
    _desk.announce = publish


def report(failure: SubscriberFailed) -> None:
    """Tell of *failure*: the hook if it is the first in a row, the channel always."""
    if failure.failures == 1:
        _call_hook(failure)
    if _desk.announce is not None and failure.channel != CHANNEL:
        _desk.announce(failure)


def _call_hook(failure: SubscriberFailed) -> None:
    hook: Any = _desk.hook
    try:
        hook(failure)
    except Exception:
        # The hook's own trouble must not become the program's either.
        with contextlib.suppress(Exception):
            _log.exception("the hook %r for subscribers' errors failed", hook)
