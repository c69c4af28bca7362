"""What was recorded of calls, as the domain's types."""

from __future__ import annotations

import time

from ....link.messages import ExchangeFailed
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types
from .recorded import Returned, Started

_MILLISECOND = 1_000_000


def call(exchange: Exchange) -> types.Call:
    """Give a call as it was started, and how long it has gone on by now."""
    started = exchange.started(Started)
    parent = exchange.start.parent
    return types.Call(
        call_id=exchange.id,
        library=started.library,
        function=started.function,
        kind=started.kind,
        process=exchange.process.number,
        thread=exchange.start.thread,
        timestamp=seconds(exchange.process, exchange.start.at),
        elapsed=elapsed(exchange),
        arguments=started.arguments,
        keywords=started.keywords or None,
        locked=started.locked,
        parent_id=None if parent is None else f"{exchange.process.number}.{parent}",
    )


def duration(exchange: Exchange) -> float:
    """Give how long a call took, in milliseconds, up to when the function returned."""
    answered = exchange.response if exchange.answered(Returned) else None
    until = answered.at if answered else exchange.last_at
    return (until - exchange.start.at) / _MILLISECOND


def elapsed(exchange: Exchange) -> float:
    """Give how long a call took, or has gone on by now, in milliseconds."""
    if exchange.end is not None or exchange.process.ended:
        return duration(exchange)
    # The host runs beside the program, so their clocks agree.
    return max(time.time() - seconds(exchange.process, exchange.start.at), 0.0) * 1000


def error_text(exchange: Exchange) -> str:
    """Give the error that *exchange* ended with; empty if it did not."""
    end = exchange.end
    return f"{end.kind}: {end.text}" if isinstance(end, ExchangeFailed) else ""
