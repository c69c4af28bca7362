"""When the phases of a request began and ended, for the Timing tab."""

from __future__ import annotations

from ....link.messages import ConnectionInfo
from ...clock import seconds
from ...recorder import Exchange
from .types import ResourceTiming

_ABSENT = -1.0
_MILLISECOND = 1_000_000
_MOMENT = 1000

_NEW = ConnectionInfo(0, None, None, None, None, None, None, None, None, None)


def resource_timing(exchange: Exchange) -> ResourceTiming | None:
    """Give the timing of *exchange*; ``None`` while there is no response.

    A phase that the library can't tell is absent (-1), and so are the phases
    of opening a connection if an earlier exchange opened it.  What comes before
    the first phase, such as waiting for a connection of a pool, is queueing.
    """
    response = exchange.response
    if response is None:
        return None
    opened = _NEW if response.reused or not response.connection else response.connection
    start = _first_phase(exchange.start.at, opened, response.send_start)

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
        send_start=offset(response.send_start),
        send_end=offset(response.send_end),
        push_start=0,
        push_end=0,
        receive_headers_start=offset(response.at),
        receive_headers_end=offset(response.at),
    )


def _first_phase(started: int, opened: ConnectionInfo, send_start: int | None) -> int:
    """Give when the work on the network began, a moment early: DevTools skips an offset of 0."""
    phases = (opened.dns_start, opened.connect_start, send_start)
    return max(min((at for at in phases if at is not None), default=started) - _MOMENT, started)


def _connect(opened: ConnectionInfo) -> tuple[int | None, int | None]:
    """Give the whole of connecting, of which TLS is a part, as CDP counts it."""
    if opened.connect_start is None or opened.tls_end is None:
        return opened.connect_start, opened.connect_end
    return opened.connect_start, opened.tls_end
