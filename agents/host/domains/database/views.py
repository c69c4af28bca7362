"""What was recorded of statements and connections, as the domain's types."""

from __future__ import annotations

import re

from ....link.messages import ExchangeFailed
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types
from .presentation import fetched, named
from .recorded import Changed, Described, Finished, Opened, Plain, Ready, Started

_MORE = re.compile(r"… \(([\d,]+) more\)")
"""What the program tells in place of rows that it got at once and that were too many to tell."""


def statement(exchange: Exchange) -> types.Statement:
    """Give a statement as it was started."""
    started = exchange.started(Started)
    return types.Statement(
        statement_id=exchange.id,
        driver=started.driver,
        database=started.database,
        process=exchange.process.number,
        statement=started.statement,
        timestamp=seconds(exchange.process, exchange.start.at),
        parameters=started.parameters,
        many=started.many,
        connection_id=id_of(exchange, started.connection),
        parent_id=id_of(exchange, exchange.start.parent),
    )


def result(exchange: Exchange) -> types.StatementResult:
    """Give what a statement has given so far."""
    described = exchange.answered(Described) or Described()
    finished = exchange.finished(Finished)
    rows, untold = _told(fetched(exchange))
    note = f"{untold:,} more rows were fetched, too many at once to be kept" if untold else None
    return types.StatementResult(
        statement=statement(exchange),
        columns=described.columns,
        rows=[named(row, described.columns) for row in rows],
        finished=exchange.end is not None,
        complete=finished is not None and finished.complete,
        fetched=finished.fetched if finished else None,
        changed=described.changed,
        duration=duration(exchange) if exchange.end else None,
        error_text=error_text(exchange),
        note=exchange.response_body.cut or note,
    )


def connection(exchange: Exchange) -> types.Connection:
    """Give a connection as it is now."""
    opened, ready = exchange.started(Opened), exchange.answered(Ready)
    changes = exchange.chunks(Changed)
    return types.Connection(
        connection_id=exchange.id,
        driver=opened.driver,
        database=opened.database,
        process=exchange.process.number,
        opened=seconds(exchange.process, exchange.start.at),
        version=ready.version if ready else None,
        closed=seconds(exchange.process, exchange.end.at) if exchange.end else None,
        in_transaction=bool(changes) and changes[-1].state == "begin" and not exchange.end,
        error_text=error_text(exchange),
    )


def id_of(exchange: Exchange, id: int | None) -> str | None:  # noqa: A002  # the link's word
    """Give what front ends know the exchange by that has *id* in the process of *exchange*."""
    return None if id is None else f"{exchange.process.number}.{id}"


def duration(exchange: Exchange) -> float:
    """Give how long a statement took, in milliseconds, with the fetching of its rows.

    The program may let go of a result at any time later: until its answer counts then.
    """
    finished = exchange.finished(Finished)
    left = finished is not None and not finished.complete
    until = exchange.response.at if left and exchange.response else exchange.last_at
    return (until - exchange.start.at) / 1_000_000


def error_text(exchange: Exchange) -> str | None:
    """Give the error that *exchange* ended with, if it did."""
    end = exchange.end
    return f"{end.kind}: {end.text}" if isinstance(end, ExchangeFailed) else None


def _told(rows: list[Plain]) -> tuple[list[Plain], int]:
    """Give the *rows* that were told, and how many were not."""
    marks = [_MORE.fullmatch(row) if isinstance(row, str) else None for row in rows]
    told = [row for row, mark in zip(rows, marks, strict=True) if mark is None]
    return told, sum(int(mark[1].replace(",", "")) for mark in marks if mark)
