"""What a domain of one's own is written with.

``docs/writing-a-domain.md`` shows how; the domains that tapscope has itself
are written with nothing else.
"""

from __future__ import annotations

from ..channels.remote import remote
from .host.api.command import command
from .host.api.domain import API_VERSION, Domain
from .host.api.durations import Durations, DurationTable
from .host.api.feed import Feed
from .host.api.feeds import EVERY
from .host.api.program_command import in_program
from .host.api.rows import ConsoleLine, Row, StreamItem, as_json, as_name, default_row
from .host.api.session import Session
from .host.api.stack_traces import CallFrame, StackTrace
from .host.api.target import Target
from .host.api.timed_feed import TimedFeed
from .host.content.decoding import ContentDecoder
from .host.content.display import ContentType, Display, display
from .host.content.event_stream import EventStreamParser, StreamEvent
from .host.content.headers import (
    HeaderPairs,
    find_header,
    find_headers,
    header_pairs,
    joined_header,
)
from .host.domains.debugger import Debugger, SearchMatch
from .host.domains.io import IO
from .host.domains.log import Log
from .host.domains.runtime import Runtime
from .host.protocol.errors import INVALID_PARAMS, CommandError
from .host.registration.loading import RegistrationError
from .host.store.body import Body
from .host.store.clock import seconds
from .host.store.exchange import Exchange, read_chunks, read_value
from .host.store.notices import Notice
from .host.store.process import CausedStack, Process
from .host.store.records import Record
from .host.store.socket_messages import SocketMessage
from .host.store.sources import Script
from .link.messages import (
    Answer,
    BodyChunk,
    ConnectionInfo,
    End,
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
    Start,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    WorkStarted,
)

__all__ = [
    "API_VERSION",
    "EVERY",
    "INVALID_PARAMS",
    "IO",
    "Answer",
    "Body",
    "BodyChunk",
    "CallFrame",
    "CausedStack",
    "CommandError",
    "ConnectionInfo",
    "ConsoleLine",
    "ContentDecoder",
    "ContentType",
    "Debugger",
    "Display",
    "Domain",
    "DurationTable",
    "Durations",
    "End",
    "Event",
    "EventStreamParser",
    "Exchange",
    "ExchangeFailed",
    "ExchangeFinished",
    "Feed",
    "Frame",
    "HeaderPairs",
    "Log",
    "Notice",
    "Process",
    "Record",
    "RegistrationError",
    "RequestReceived",
    "RequestStarted",
    "ResponseSent",
    "ResponseStarted",
    "Row",
    "Runtime",
    "Script",
    "SearchMatch",
    "Session",
    "SocketClosed",
    "SocketFrame",
    "SocketMessage",
    "SocketOpened",
    "SocketOpening",
    "StackTrace",
    "Start",
    "StreamEvent",
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
    "find_header",
    "find_headers",
    "header_pairs",
    "in_program",
    "joined_header",
    "read_chunks",
    "read_value",
    "remote",
    "seconds",
]
