"""How long the phases of an exchange took."""

from __future__ import annotations

from ...link.messages import ResponseSent, ResponseStarted, SocketOpened
from ..domains.network.timing import resource_timing
from ..domains.network.types import ResourceTiming
from ..store.clock import seconds
from ..store.exchange import Exchange
from .values import UNKNOWN, Timings

_MILLISECOND = 1_000_000
_MICROSECONDS = 3  # places behind the point of a millisecond


def timings(exchange: Exchange) -> Timings:
    """Give the timings of *exchange* so far; its phases fill all of its time, as DevTools' do.

    Without an answer nothing is known but that it took its time.
    """
    answer = exchange.response
    ended = exchange.end.at if exchange.end else exchange.last_at
    if isinstance(answer, SocketOpened):
        return Timings(
            wait=_rounded((answer.at - exchange.start.at) / _MILLISECOND),
            receive=_rounded((ended - answer.at) / _MILLISECOND),
        )
    if not isinstance(answer, ResponseStarted | ResponseSent):
        return Timings(blocked=_rounded((ended - exchange.start.at) / _MILLISECOND))
    timing = resource_timing(exchange, answer.at)
    began = seconds(exchange.process, exchange.start.at)
    queueing = max((timing.request_time - began) * 1000, 0)
    received = (ended - answer.at) / _MILLISECOND
    return _phases(timing, queueing, received)


def _phases(timing: ResourceTiming, queueing: float, received: float) -> Timings:
    """Put the phases end to end: each begins where the one before it has ended."""
    starts = (timing.dns_start, timing.connect_start, timing.send_start)
    first = min((start for start in starts if start >= 0), default=0.0)
    ends = (first, timing.dns_end, timing.connect_end, timing.send_end, timing.receive_headers_end)
    lengths: list[float] = []
    reached = first
    for end in ends[1:]:
        lengths.append(_rounded(max(end - reached, 0)) if end >= 0 else UNKNOWN)
        reached = max(reached, end)
    dns, connect, send, wait = lengths
    return Timings(
        blocked=_rounded(queueing + first),
        dns=dns,
        ssl=_rounded(timing.ssl_end - timing.ssl_start) if timing.ssl_end >= 0 else UNKNOWN,
        connect=connect,
        # These can't be unknown in the format.
        send=max(send, 0),
        wait=max(wait, 0),
        receive=_rounded(max(received, 0)),
        blocked_queueing=_rounded(queueing) if queueing else UNKNOWN,
    )


def _rounded(milliseconds: float) -> float:
    return round(milliseconds, _MICROSECONDS)
