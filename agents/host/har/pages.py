"""Processes, as the pages that a HAR file groups its entries by."""

from __future__ import annotations

from ..store.clock import seconds
from ..store.exchange import Exchange
from ..store.process import Process
from .dates import iso
from .values import Page


def page(exchange: Exchange) -> Page:
    """Give the page of the process whose first *exchange* this is."""
    process = exchange.process
    return Page(
        started_date_time=iso(seconds(process, exchange.start.at)),
        id=page_id(process),
        title=process.title,
        comment=f"pid {process.pid}",
    )


def page_id(process: Process) -> str:
    """Give what entries refer to it by."""
    return f"process_{process.number}"
