"""The Log domain: lines of the Console that lead to a row of the Network panel.

https://chromedevtools.github.io/devtools-protocol/tot/Log/
"""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs

from ..api.command import command
from ..api.domain import Domain
from ..api.rows import ConsoleLine
from ..api.stack_traces import StackTrace
from ..store.clock import seconds
from ..store.exchange import Exchange

Level = Literal["verbose", "info", "warning", "error"]


@attrs.frozen(kw_only=True)
class LogEntry:
    """A line for the Console.

    Attributes:
        timestamp: Milliseconds since 1970.
        network_request_id: Of the row that it leads to.
    """

    source: Literal["other"]
    level: Level
    text: str
    timestamp: float
    stack_trace: StackTrace | None = None
    network_request_id: str | None = None


@attrs.frozen(kw_only=True)
class EntryAdded:
    """A line for the Console."""

    entry: LogEntry


class Log(Domain):
    """What domains have to say of their exchanges, for those front ends that ask for it here.

    DevTools' worker_app.html does; to others Runtime tells it, without the link to the row.
    """

    name = "Log"
    version = "1.3"
    events: ClassVar[tuple[type, ...]] = (EntryAdded,)
    types: ClassVar[tuple[type, ...]] = (LogEntry,)
    lossless = True

    @command
    def clear(self) -> None:
        """Forget what was said, of which nothing is kept."""

    def show(self, exchange: Exchange, at: int, line: ConsoleLine) -> None:
        """Show *line* with a link to the row of *exchange*; see ``Runtime.show``."""
        self.send(self.event_of(exchange, at, line))

    def event_of(self, exchange: Exchange, at: int, line: ConsoleLine) -> EntryAdded:
        """Give what shows *line* with a link to the row of *exchange*."""
        entry = LogEntry(
            # Of errors of the source "network", DevTools shows the row's URL and not the text.
            source="other",
            level="verbose" if line.level == "debug" else line.level,
            text=line.text,
            timestamp=seconds(exchange.process, at) * 1000,
            stack_trace=self.target.stack_trace(exchange),
            network_request_id=exchange.id,
        )
        return EntryAdded(entry=entry)
