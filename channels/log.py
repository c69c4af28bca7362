"""Records of :mod:`logging`: the channel ``log.record``, and the bridge that feeds it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import FrameType

import attrs

from . import clock
from ._channel import Channel
from ._identity import current_exchange
from ._lock import lock
from ._log_hook import take_records
from ._registry import channel
from ._stack import Stack, linked, stack_of
from ._subscription import Subscription
from ._transform import Transformer

_HIDDEN = (logging.Logger.handle.__code__.co_filename, __file__.removesuffix("log.py"))
_SEARCHED = 64
"""How many frames are looked at for the line that a record names."""


@attrs.define(eq=False)
class RecordLogged:
    """The program has logged something.

    Attributes:
        at: When the bridge got it, in nanoseconds of :func:`time.monotonic_ns`.
        level: As a number: 10 debug, 20 info, 30 warning, 40 error, 50 critical, or between.
        level_name: The level's name, as the program may have renamed it.
        logger: The logger's name; ``py.warnings`` for what :mod:`warnings` shows.
        message: With its arguments merged in; without traceback.
        stack: Where it was logged: the line that the record names is first.
        thread: The name of the thread it was logged in.
        error: The exception it tells of, if any; the program's own.
        parent: The exchange it was logged in, if that is known.
    """

    at: int
    level: int
    level_name: str
    logger: str
    message: str
    stack: Stack
    thread: str
    error: BaseException | None = None
    parent: int | None = None


records: Channel[RecordLogged] = channel("log.record", RecordLogged)


def feed(logger: logging.Logger | None = None, level: int = logging.NOTSET) -> Subscription:
    """Publish what *logger* and those below it log, until the result is closed.

    That is every record that a logger's own level and filters let through,
    before its handlers get it.  The program's configuration of logging is not
    touched: there is no handler more and no level changed.  Records of the
    logger ``tapscope`` are left out, since they tell of subscribers that fail.

    Args:
        logger: By default the root, and so all of them.
        level: The least level to publish.
    """
    wanted = _Feed("" if logger is None else logger.name, level)
    with lock:
        _bridge.feeds = (*_bridge.feeds, wanted)
    _bridge.follow()

    def stop() -> None:
        with lock:
            _bridge.feeds = tuple(feed for feed in _bridge.feeds if feed is not wanted)
        _bridge.follow()

    return Subscription(_bridge.take, stop)


def stack_at(filename: str, line: int) -> Stack:
    """Take the call stack of the caller, from its frame at that place outwards.

    If none is there it begins with the first frame that is not of logging.
    """
    # inspect.currentframe() would do a call more and give the same.
    caller: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    frame = caller
    for _ in range(_SEARCHED):
        if frame is None:
            break
        if frame.f_code.co_filename == filename and frame.f_lineno == line:
            return linked(stack_of(frame))
        frame = frame.f_back
    while caller is not None and caller.f_code.co_filename.startswith(_HIDDEN):
        caller = caller.f_back
    return linked(stack_of(caller))


@attrs.frozen(eq=False)
class _Feed:
    """What somebody wants to be published."""

    name: str
    level: int

    def wants(self, record: logging.LogRecord) -> bool:
        return record.levelno >= self.level and _is_below(record.name, self.name)


@attrs.define(eq=False)
class _Bridge:
    """Takes records while they are wanted and somebody listens, and publishes each once."""

    feeds: tuple[_Feed, ...] = ()
    _stop: Callable[[], None] | None = None

    def follow(self) -> None:
        with lock:
            needed = bool(self.feeds) and records.has_subscribers
            if needed and self._stop is None:
                self._stop = take_records(self.take)
            elif not needed and self._stop is not None:
                self._stop()
                self._stop = None

    def take(self, record: logging.LogRecord) -> None:
        if _is_below(record.name, "tapscope"):
            return
        if any(feed.wants(record) for feed in self.feeds):
            for event in _make(record):
                records.publish(event)


def _is_below(name: str, top: str) -> bool:
    return top in {"", "root", name} or name.startswith(f"{top}.")


def _event(record: logging.LogRecord) -> RecordLogged:
    return RecordLogged(
        clock.now(),
        record.levelno,
        record.levelname,
        record.name,
        _message(record),
        stack_at(record.pathname, record.lineno),
        record.threadName or "",
        record.exc_info[1] if record.exc_info else None,
        current_exchange.get(),
    )


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # the arguments don't fit, of which the handlers complain
        return f"{record.msg} {record.args!r}"


_make = Transformer(records.name, _event)
_bridge = _Bridge()
records.watch_activity(_bridge.follow)
