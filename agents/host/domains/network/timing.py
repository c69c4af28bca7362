"""When the phases of a request began and ended, for the Timing tab."""

from __future__ import annotations

from ....link.messages import ConnectionInfo, RequestStarted, ResponseStarted
from ...store.clock import seconds
from ...store.exchange import Exchange
from .types import ResourceTiming

_ABSENT = -1.0
_MILLISECOND = 1_000_000
_MOMENT = 1000

_NEW = ConnectionInfo(0, None, None, None, None, None, None, None, None, None)


def resource_timing(exchange: Exchange, answered_at: int) -> ResourceTiming:
    """Give the timing of *exchange*, the first of whose outcome was there at *answered_at*.

    A phase that the library can't tell is absent (-1), and so are the phases
    of opening a connection if an earlier exchange opened it.  What comes before
    the first phase, such as waiting for a connection of a pool, is queueing.
    What is no request of a client only waits for that outcome.
    """
    opened, send_start, send_end = _phases(exchange)
    start = _first_phase(exchange.start.at, opened, send_start)

    def offset(at: int | None) -> float:
        return _ABSENT if at is None else max(at - start, 0) / _MILLISECOND

    connect_start, connect_end = _connect(opened)
    return ResourceTiming(
        request_time=seconds(exchange.process, start),
        proxy_start=_ABSENT,
        proxy_end=_ABSENT,
        dns_start=offset(opened.dns_start),
        dns_end=offset(opened.dns_end),
        connect_start=offset(connect_start),
        connect_end=offset(connect_end),
        ssl_start=offset(opened.tls_start),
        ssl_end=offset(opened.tls_end),
        worker_start=_ABSENT,
        worker_ready=_ABSENT,
        worker_fetch_start=_ABSENT,
        worker_respond_with_settled=_ABSENT,
        send_start=offset(send_start),
        send_end=offset(send_end),
        push_start=0,
        push_end=0,
        receive_headers_start=offset(answered_at),
        receive_headers_end=offset(answered_at),
    )


def _phases(exchange: Exchange) -> tuple[ConnectionInfo, int | None, int | None]:
    """Give the phases that only a client knows: those of a new connection, and of sending."""
    response = exchange.response
    if isinstance(response, ResponseStarted):
        opened = _NEW if response.reused or not response.connection else response.connection
        return opened, response.send_start, response.send_end
    if isinstance(exchange.start, RequestStarted):
        return _NEW, None, None
    # DevTools counts what waits from the end of sending.
    sent = exchange.start.at + _MOMENT
    return _NEW, sent, sent


def _first_phase(started: int, opened: ConnectionInfo, send_start: int | None) -> int:
    """Give when the work on the network began, a moment early: DevTools skips an offset of 0."""
    phases = (opened.dns_start, opened.connect_start, send_start)
    return max(min((at for at in phases if at is not None), default=started) - _MOMENT, started)


def _connect(opened: ConnectionInfo) -> tuple[int | None, int | None]:
    """Give the whole of connecting, of which TLS is a part, as CDP counts it."""
    if opened.connect_start is None or opened.tls_end is None:
        return opened.connect_start, opened.connect_end
    return opened.connect_start, opened.tls_end
