"""Calls of native code, as rows of the Network panel and lines of the Console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....link.messages import ExchangeFailed
from ...api.rows import ConsoleLine, Row, StreamItem, as_json, as_name
from ...store.exchange import Exchange
from . import views
from .recorded import CalledBack, Counted, Finished, Returned, Started

MIME_TYPE = "application/ffi"
"""DevTools shows what is behind the slash as the row's type."""
FAILED = 500
"""The status of a call that raised; DevTools shows the traceback of one that has a status."""
STREAM_TYPE = "text/event-stream"

_HEADER = "Traceback (most recent call last):\n"

UNKNOWN = "not known until the call has ended"
"""Of a call that was to be only counted, and whose arguments found no room on the scoreboard."""

_LOCK = {True: "held", False: "released", None: "unknown"}


def call_row(exchange: Exchange) -> Row:
    """Show a call: the function is its name, the arguments its payload, the result its body."""
    started = exchange.started(Started)
    # It is told that a function has returned only if there is more to come.
    streaming = exchange.response_body.length > 0 or exchange.response is not None
    finished, failed = exchange.finished(Finished), bool(_traceback(exchange))
    items = f"{finished.items:,} items" if streaming and finished else "OK"
    return Row(
        method="CALL",
        url=url_of(started),
        mime_type=STREAM_TYPE if streaming else MIME_TYPE,
        payload=_payload(started),
        body=_stream(exchange) if streaming else _result(exchange),
        request_headers=_origin(exchange, started),
        response_headers={"Errno": str(finished.errno)} if finished and finished.errno else {},
        status=FAILED if failed else 200,
        status_text=as_name(views.error_text(exchange)) if failed else items,
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
    after, took = exchange.started(Started).slow_after, views.duration(exchange)
    return () if after is None or took * 1e6 < after else (_pointing(slow_text(exchange, took)),)


def overdue_line(exchange: Exchange, seconds: float) -> Iterable[ConsoleLine]:
    """Point at a call that has gone on for *seconds*, if the program calls that slow."""
    # What goes on after the function has returned is only its stream.
    if exchange.response is not None:
        return ()
    after = exchange.started(Started).slow_after
    return (
        ()
        if after is None or seconds * 1e9 < after
        else (_pointing(overdue_text(exchange, seconds)),)
    )


def slow_text(exchange: Exchange, took: float) -> str:
    """Say of a call that it took so many milliseconds."""
    return f"slow native call ({took:,.1f} ms): {_label(exchange)}"


def overdue_text(exchange: Exchange, seconds: float) -> str:
    """Say of a call that it has gone on for *seconds*."""
    return f"slow native call (going on for {seconds:,.1f} s): {_label(exchange)}"


def _label(exchange: Exchange) -> str:
    return f"{url_of(exchange.started(Started))} (request {exchange.id})"


def _pointing(text: str) -> ConsoleLine:
    return ConsoleLine(level="warning", text=text)


def item_of(chunk: CalledBack) -> StreamItem:
    """Give what the tab EventStream shows of *chunk*."""
    return StreamItem(name=chunk.function or "item", data=as_json(chunk.data), after=chunk.elapsed)


def _payload(started: Started) -> str:
    unknown = started.arguments is None
    told: dict[str, Any] = {"arguments": UNKNOWN if unknown else started.arguments}
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
    return _traceback(exchange) if finished is None else as_json(finished.result)


def _traceback(exchange: Exchange) -> str:
    """Give what Python would print of the error that a call ended with; empty if it did not."""
    end = exchange.end
    # How a program has ended is no class's name.
    if not isinstance(end, ExchangeFailed) or end.canceled or " " in end.kind:
        return ""
    inner = end.traceback or f"{_HEADER}{views.error_text(exchange)}"
    before, header, rest = inner.rpartition(_HEADER)
    outer = [
        f'  File "{frame.filename}", line {frame.line}, in {frame.function}\n'
        for frame in reversed(exchange.stack)
    ]
    return "".join((before, header, *outer, rest))


def _stream(exchange: Exchange) -> str:
    """Give what has come so far as the text of an event stream."""
    items = [item_of(chunk) for chunk in exchange.chunks(CalledBack)]
    returned = exchange.answered(Returned) or exchange.finished(Finished)
    if returned is not None:
        items.append(StreamItem(name="returned", data=as_json(returned.result)))
    if trace := _traceback(exchange):
        items.append(StreamItem(name="failed", data=as_json(trace)))
    return "".join(f"event: {item.name}\ndata: {item.data}\n\n" for item in items)
