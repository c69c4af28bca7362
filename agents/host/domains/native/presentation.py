"""Calls of native code, as rows of the Network panel and lines of the Console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...exchange import Exchange
from ...rows import ConsoleLine, Row, StreamItem, as_json, as_name
from . import views
from .recorded import CalledBack, Counted, Finished, Returned, Started

MIME_TYPE = "application/ffi"
"""DevTools shows what is behind the slash as the row's type."""
STREAM_TYPE = "text/event-stream"

_LOCK = {True: "held", False: "released", None: "unknown"}


def call_row(exchange: Exchange) -> Row:
    """Show a call: the function is its name, the arguments its payload, the result its body."""
    started = exchange.started(Started)
    # It is told that a function has returned only if there is more to come.
    streaming = exchange.response_body.length > 0 or exchange.response is not None
    finished = exchange.finished(Finished)
    return Row(
        method="CALL",
        url=url_of(started),
        mime_type=STREAM_TYPE if streaming else MIME_TYPE,
        payload=_payload(started),
        body=_stream(exchange) if streaming else _result(exchange),
        request_headers=_origin(exchange, started),
        response_headers={"Errno": str(finished.errno)} if finished and finished.errno else {},
        status_text=f"{finished.items:,} items" if streaming and finished else "OK",
    )


def count_row(exchange: Exchange) -> Row:
    """Show calls that were only counted, all of them in one row."""
    started = exchange.started(Started)
    counted = exchange.chunks(Counted)
    calls = sum(piece.calls for piece in counted)
    return Row(
        method="CALLS",
        url=url_of(started),
        mime_type=MIME_TYPE,
        body=as_json(
            {
                "calls": calls,
                "failed": sum(piece.failed for piece in counted),
                "total ms": sum(piece.total for piece in counted) / 1e6,
                "longest ms": max((piece.longest for piece in counted), default=0) / 1e6,
                "note": exchange.response_body.cut or "too many to be shown one by one",
            }
        ),
        request_headers=_origin(exchange, started),
        status_text=f"{calls:,} calls",
    )


def url_of(started: Started) -> str:
    """Give the URL of a function's rows."""
    library = started.library.rstrip("/").rpartition("/")[2] or started.library
    return f"ffi://{as_name(library)}/{as_name(started.function)}"


def slow_line(exchange: Exchange) -> Iterable[ConsoleLine]:
    """Point at a call that has ended, if the program calls it slow."""
    started = exchange.started(Started)
    took = views.duration(exchange)
    if started.slow_after is None or took * 1e6 < started.slow_after:
        return ()
    text = f"slow native call ({took:,.1f} ms): {url_of(started)} (request {exchange.id})"
    return (ConsoleLine(level="warning", text=text),)


def item_of(chunk: CalledBack) -> StreamItem:
    """Give what the tab EventStream shows of *chunk*."""
    return StreamItem(name=chunk.function or "item", data=as_json(chunk.data), after=chunk.elapsed)


def _payload(started: Started) -> str:
    told: dict[str, Any] = {"arguments": started.arguments}
    if started.keywords:
        told["keywords"] = started.keywords
    return as_json(told)


def _origin(exchange: Exchange, started: Started) -> dict[str, str]:
    return {
        "Library": started.library,
        "Function": started.function,
        "Called-By": started.kind,
        "Thread": exchange.start.thread,
        "Interpreter-Lock": _LOCK[started.locked],
    }


def _result(exchange: Exchange) -> str:
    finished = exchange.finished(Finished)
    return "" if finished is None else as_json(finished.result)


def _stream(exchange: Exchange) -> str:
    """Give what has come so far as the text of an event stream."""
    items = [item_of(chunk) for chunk in exchange.chunks(CalledBack)]
    returned = exchange.answered(Returned) or exchange.finished(Finished)
    if returned is not None:
        items.append(StreamItem(name="returned", data=as_json(returned.result)))
    return "".join(f"event: {item.name}\ndata: {item.data}\n\n" for item in items)
