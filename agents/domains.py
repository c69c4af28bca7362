"""What a domain of one's own is written with.

``docs/writing-a-domain.md`` shows how; the domains that tapscope has itself
are written with nothing else.
"""

from __future__ import annotations

from ..channels.remote import remote
from .host.body import Body
from .host.clock import seconds
from .host.command import INVALID_PARAMS, CommandError, command
from .host.conformance import NotAsDescribed
from .host.content import ContentType, Display, display
from .host.decoding import ContentDecoder
from .host.domain import API_VERSION, Domain
from .host.durations import Durations, DurationTable
from .host.exchange import Exchange, Process
from .host.feed import Feed
from .host.notices import Notice
from .host.program_command import in_program
from .host.records import Record
from .host.registration import RegistrationError
from .host.rows import ConsoleLine, Row, StreamItem, as_json, as_name, default_row
from .host.session import Session
from .host.target import EVERY, Target
from .host.timed_feed import TimedFeed
from .link.messages import (
    BodyChunk,
    ConnectionInfo,
    Event,
    ExchangeFailed,
    ExchangeFinished,
    Frame,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
    SocketClosed,
    SocketFrame,
    SocketOpened,
    SocketOpening,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    WorkStarted,
)

__all__ = [
    "API_VERSION",
    "EVERY",
    "INVALID_PARAMS",
    "Body",
    "BodyChunk",
    "CommandError",
    "ConnectionInfo",
    "ConsoleLine",
    "ContentDecoder",
    "ContentType",
    "Display",
    "Domain",
    "DurationTable",
    "Durations",
    "Event",
    "Exchange",
    "ExchangeFailed",
    "ExchangeFinished",
    "Feed",
    "Frame",
    "NotAsDescribed",
    "Notice",
    "Process",
    "Record",
    "RegistrationError",
    "RequestReceived",
    "RequestStarted",
    "ResponseSent",
    "ResponseStarted",
    "Row",
    "Session",
    "SocketClosed",
    "SocketFrame",
    "SocketOpened",
    "SocketOpening",
    "StreamItem",
    "Target",
    "TimedFeed",
    "WorkAnswered",
    "WorkChunk",
    "WorkFinished",
    "WorkStarted",
    "as_json",
    "as_name",
    "command",
    "default_row",
    "display",
    "in_program",
    "remote",
    "seconds",
]
