"""What is to be said of a row, in the Console of one front end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...clock import seconds
from ...exchange import Exchange
from ...rows import ConsoleLine
from ..log import Log, entry_added
from ..runtime import Runtime
from ..runtime_types import ConsoleAPICalled, RemoteObject

if TYPE_CHECKING:
    from ...session import Session


def remark(session: Session, exchange: Exchange, text: str) -> None:
    """Say *text* of *exchange*; where the front end can show it, with a link to the row."""
    event = exchange.end or exchange.response or exchange.start
    line = ConsoleLine(level="warning", text=f"tapscope: {text}")
    log = session.domain(Log)
    if log.enabled:
        log.send(entry_added(exchange, event, line, None))
        return
    session.domain(Runtime).send(
        ConsoleAPICalled(
            type=line.level,
            args=[RemoteObject(type="string", value=line.text)],
            execution_context_id=exchange.process.number,
            timestamp=seconds(exchange.process, event.at) * 1000,
        )
    )
