"""How much memory what is recorded takes, besides bodies; about right, and never asked twice."""

from __future__ import annotations

from functools import singledispatch

from ....channels.http import Headers
from ...link.messages import (
    Event,
    ExchangeFailed,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
    SocketClosed,
    SocketOpened,
    SocketOpening,
    WorkAnswered,
    WorkFinished,
    WorkStarted,
)

EXCHANGE = 1_500
"""Bytes of an exchange with nothing in it, and of the tables it is in."""
CHILD = 40
"""Bytes of the number of an exchange that it has caused."""
ARRIVAL = 80
"""Bytes of the time at which a piece of an event stream came."""
_HEADER = 120  # two texts and the pair that holds them
_EVENT = 200


def weight(event: Event) -> int:
    """Give about how many bytes are kept for *event*; those of bodies are counted elsewhere."""
    return _weight(event)


@singledispatch
def _weight(_event: object) -> int:
    return 0


@_weight.register(RequestStarted)
@_weight.register(RequestReceived)
@_weight.register(SocketOpening)
def _(event: RequestStarted | RequestReceived | SocketOpening) -> int:
    return EXCHANGE + _EVENT + len(event.url) + _headers(event.headers)


@_weight.register(ResponseStarted)
@_weight.register(ResponseSent)
@_weight.register(SocketOpened)
def _(event: ResponseStarted | ResponseSent | SocketOpened) -> int:
    return _EVENT + _headers(event.headers)


@_weight.register
def _(event: WorkStarted) -> int:
    return EXCHANGE + _EVENT + len(event.fields)


@_weight.register(WorkAnswered)
@_weight.register(WorkFinished)
def _(event: WorkAnswered | WorkFinished) -> int:
    return _EVENT + len(event.fields)


@_weight.register
def _(event: ExchangeFailed) -> int:
    return _EVENT + len(event.text)


@_weight.register
def _(event: SocketClosed) -> int:
    return _EVENT + len(event.reason)


def _headers(headers: Headers) -> int:
    return sum(_HEADER + len(name) + len(value) for name, value in headers)
