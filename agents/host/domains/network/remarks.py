"""What is to be said of a row, in the Console of one front end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...api.rows import ConsoleLine
from ...store.exchange import Exchange
from ..runtime import Runtime

if TYPE_CHECKING:
    from ...api.session import Session


def remark(session: Session, exchange: Exchange, text: str) -> None:
    """Say *text* of *exchange*; where the front end can show it, with a link to the row."""
    event = exchange.end or exchange.response or exchange.start
    line = ConsoleLine(level="warning", text=f"tapscope: {text}")
    session.domain(Runtime).show(exchange, event.at, line)
