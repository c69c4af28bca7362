"""A statement as a row of the Network panel."""

from __future__ import annotations

from typing import Any, cast

from ...api.rows import Row, as_json
from ...store.exchange import Exchange
from .recorded import Described, Fetched, Finished, Started
from .statements import keyword

MIME_TYPE = "application/sql"
"""DevTools shows what is behind the slash as the row's type."""


def statement_row(exchange: Exchange) -> Row:
    """Show a statement: it is the row's name, its parameters are the payload, its rows the body."""
    started = exchange.started(Started)
    return Row(
        method=keyword(started.statement),
        url=_url(started),
        mime_type=MIME_TYPE,
        payload=as_json({"statement": started.statement, "parameters": started.parameters}),
        body=_body(exchange),
        request_headers=_origin(started),
        status_text=_summary(exchange),
    )


def _url(started: Started) -> str:
    # DevTools shows a query as it stands, percent signs included, from its question mark on;
    # only a number sign would end it.
    statement = " ".join(started.statement.split()).replace("#", "%23")
    return f"{started.driver}:///{started.database.removeprefix('/')}?{statement}"


def _origin(started: Started) -> dict[str, str]:
    origin = {"Driver": started.driver, "Database": started.database}
    if started.connection is not None:
        origin["Connection"] = str(started.connection)
    return origin


def _summary(exchange: Exchange) -> str:
    described, finished = exchange.answered(Described), exchange.finished(Finished)
    if described is not None and described.columns:
        rows = f"{finished.fetched:,} rows" if finished else "rows"
        return rows if finished is None or finished.complete else f"{rows} of more"
    changed = described.changed if described else None
    return "done" if changed is None else f"{changed:,} rows changed"


def _body(exchange: Exchange) -> str:
    """Give the rows that the program has fetched, as JSON."""
    described = exchange.answered(Described)
    if described is None:
        return ""
    if not described.columns:
        return as_json({"changed": described.changed})
    rows: list[object] = [named(row, described.columns) for row in fetched(exchange)]
    if cut := exchange.response_body.cut:
        rows.append(f"tapscope: not all rows were kept: {cut}")
    return as_json(rows)


def fetched(exchange: Exchange) -> list[Any]:
    """Give the rows of a statement that are kept, as the program got them."""
    return [row for chunk in exchange.chunks(Fetched) for row in chunk.rows]


def named(row: Any, columns: list[str]) -> Any:
    """Give a *row* that is a list as an object; of columns of one name each gets a number."""
    if not isinstance(row, list):
        return row
    values = cast("list[object]", row)
    if len(values) != len(columns):
        return values
    result: dict[str, Any] = {}
    for number, (column, value) in enumerate(zip(columns, values, strict=True), 1):
        result[f"{column} ({number})" if column in result else column] = value
    return result
