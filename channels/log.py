"""Records of :mod:`logging`: the channel ``log.record``, and the bridge that feeds it."""

from __future__ import annotations

import logging

import attrs

from . import clock
from ._channel import Channel
from ._identity import current_exchange
from ._registry import channel
from ._stack import Stack, capture_stack
from ._subscription import Subscription
from ._transform import Transformer


@attrs.define(eq=False)
class RecordLogged:
    """The program has logged something.

    Attributes:
        at: When the bridge got it, in nanoseconds of :func:`time.monotonic_ns`.
        level: As a number: 10 debug, 20 info, 30 warning, 40 error, 50 critical, or between.
        level_name: The level's name, as the program may have renamed it.
        logger: The logger's name.
        message: With its arguments merged in; without traceback.
        stack: Where it was logged; frames of :mod:`logging` come first.
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

    A handler is added to the logger while somebody listens, and its level is
    left alone: what it does not let through is not seen.  Records of the logger
    ``tapscope`` are left out, since they tell of subscribers that fail.

    Args:
        logger: By default the root, which most others hand their records on to.
        level: The least level to publish.
    """
    source = logging.getLogger() if logger is None else logger
    handler = _Handler(level)

    def follow() -> None:
        if records.has_subscribers:
            source.addHandler(handler)
        else:
            source.removeHandler(handler)

    watching = records.watch_activity(follow)
    follow()

    def stop() -> None:
        watching.close()
        source.removeHandler(handler)

    return Subscription(handler.emit, stop)


def _event(record: logging.LogRecord) -> RecordLogged:
    return RecordLogged(
        clock.now(),
        record.levelno,
        record.levelname,
        record.name,
        record.getMessage(),
        capture_stack(4),
        record.threadName or "",
        record.exc_info[1] if record.exc_info else None,
        current_exchange.get(),
    )


class _Handler(logging.Handler):
    """Turns records into events; nothing of it can raise."""

    _make = Transformer(records.name, _event)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "tapscope" and not record.name.startswith("tapscope."):
            for event in self._make(record):
                records.publish(event)
