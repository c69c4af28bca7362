"""What takes the events of HTTP from the bus: the queue, or C in its place.

Encoding events is a good part of what watching costs a program, and takes C a
tenth of that.  Where there was no compiler, all is the same but for the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ...channels import http
from ..link import messages
from ..link.layout import NUMBERS, names_of
from ..link.messages import Message
from .encoder import EventEncoder
from .queue import EventQueue
from .stacks import StackTable

Take: TypeAlias = Callable[[Any, str], object]
"""Takes an event that was published on the channel of a name."""


def client_takers(queue: EventQueue) -> tuple[Take, ...]:
    """Give what leaves the events of ``http.client`` in *queue*, in the order of a lifecycle."""
    return (
        _quick(queue, queue.start, http.RequestStarted, messages.RequestStarted),
        _quick(queue, queue.headers, http.ResponseStarted, messages.ResponseStarted),
        *_takers_of_the_rest(queue),
    )


def server_takers(queue: EventQueue) -> tuple[Take, ...]:
    """Give what leaves the events of ``http.server`` in *queue*, in the order of a lifecycle."""
    return (
        _quick(queue, queue.request_received, http.RequestReceived, messages.RequestReceived),
        _quick(queue, queue.response_sent, http.ResponseSent, messages.ResponseSent),
        *_takers_of_the_rest(queue),
    )


def _takers_of_the_rest(queue: EventQueue) -> tuple[Take, Take, Take]:
    return (
        _quick(queue, queue.body_chunk, http.BodyChunk, messages.BodyChunk),
        _quick(queue, queue.finish, http.ExchangeFinished, messages.ExchangeFinished),
        queue.error,
    )


def _quick(queue: EventQueue, take: Take, event: type, message: type[Message]) -> Take:
    """Give what does the same as *take*, faster if that is possible."""
    try:
        from ._taker import Taker
    except ImportError:  # there was no compiler when tapscope was installed
        return take
    fields = names_of(message)
    stack = fields.index("stack") if "stack" in fields else -1
    length = fields.index("length") if "length" in fields else -1
    # Of an event that has no attribute "length" it is the length of its data.
    names = tuple("data" if name == "length" else name for name in fields)
    return Taker(
        queue,
        take,
        NUMBERS[message],
        (event, names),
        stack,
        length,
        (http.Connection, names_of(messages.ConnectionInfo)),
        (http.Security, names_of(messages.SecurityInfo)),
        EventEncoder,
        StackTable,
    ).take
