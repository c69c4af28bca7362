"""Exchanges that are not HTTP, as the Network panel and the Console show them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import attrs
import orjson

from ..store.exchange import Exchange

JSON = "application/json"

_LONGEST_NAME = 1000
# In a URL these begin its last segment and its fragment; the column shows look-alikes instead.
_LOOK_ALIKES = str.maketrans({"/": "\u2215", "#": "\uff03"})


def _text(value: str) -> str:
    """Check that *value* is a text; what JSON can't carry of it is replaced."""
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"a row has texts, not {value!r:.100}")
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()
    return value


def _texts(value: Mapping[str, str]) -> dict[str, str]:
    return {_text(name): _text(each) for name, each in value.items()}


def _is_status(_row: Row, _field: object, value: int) -> None:
    if type(value) is not int or not 0 < value < 1000:
        raise ValueError(f"a row's status is a number from 1 to 999, not {value!r:.100}")


@attrs.frozen(kw_only=True)
class Row:
    """A row of the Network panel.

    Where *payload* and *body* are JSON, they are shown as trees.

    Attributes:
        method: One word, as the column Method shows it.
        url: With a scheme; the column Name shows what is behind its last slash, for which
            there is :func:`as_name`.  The row keeps the one that it begins with.
        mime_type: Of *body*; the column Type shows what is behind its slash.
        payload: What the tab Payload shows; it must be there from the beginning.
        body: What the tabs Preview and Response show; while the exchange goes on, as much as
            there is.
        request_headers: What the tab Headers shows of the request, by name.
        response_headers: What it shows of the response; the tab Timing shows ``Server-Timing``.
        status: As the column Status shows it, once the exchange has ended well; from 400 on
            the row is red, and shown with its *body* also if the exchange has failed.
        status_text: What stands behind it: ``"3 rows"``.

    Raises:
        TypeError, ValueError: A field has something else.
    """

    method: str = attrs.field(converter=_text)
    url: str = attrs.field(converter=_text)
    mime_type: str = attrs.field(default=JSON, converter=_text)
    payload: str = attrs.field(default="", converter=_text)
    body: str = attrs.field(default="", converter=_text)
    request_headers: Mapping[str, str] = attrs.field(factory=dict[str, str], converter=_texts)
    response_headers: Mapping[str, str] = attrs.field(factory=dict[str, str], converter=_texts)
    status: int = attrs.field(default=200, validator=_is_status)
    status_text: str = attrs.field(default="OK", converter=_text)


@attrs.frozen(kw_only=True)
class StreamItem:
    """A line of the tab EventStream, which rows of the type ``text/event-stream`` have.

    Attributes:
        name: What the column Type shows.
        data: JSON is shown as a tree.
        after: When it came, in nanoseconds after the exchange began.
    """

    name: str = attrs.field(converter=_text)
    data: str = attrs.field(converter=_text)
    after: int = 0


@attrs.frozen(kw_only=True)
class ConsoleLine:
    """A line of the Console, with the exchange's stack."""

    level: Literal["debug", "info", "warning", "error"]
    text: str = attrs.field(converter=_text)


def as_name(text: str) -> str:
    """Give *text* such that, at the end of a row's URL, the column Name shows it as it is.

    It is one line of 1,000 characters at most.
    """
    line = " ".join(text.split()).translate(_LOOK_ALIKES)
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}\u2026"


def as_json(value: object) -> str:
    """Give plain data as JSON; bytes become text as far as they are, the rest its ``repr``."""
    try:
        return orjson.dumps(value, default=_readable, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:  # numbers of more than 64 bits, halves of surrogate pairs
        return json.dumps(value, default=_readable)


def default_row(exchange: Exchange) -> Row:
    """Show the exchange's own values: those of its start as payload, what came of it as body.

    Its ``name``, where the start has one, is the row's; else the lifecycle's last word is.
    """
    kind = exchange.lifecycle.rpartition(".")[2]
    started = exchange.started(dict[str, Any])
    name = as_name(str(started.pop("name", ""))) or kind
    scheme = exchange.lifecycle.replace("_", "-")
    return Row(
        method=kind.upper(),
        # A scheme begins with a letter.
        url=f"{scheme if scheme[0].isalpha() else f'x-{scheme}'}:///{name}",
        mime_type=f"application/{kind}",
        payload=_shown(started, "detail"),
        body=_shown(_outcome(exchange), "result"),
    )


def _shown(values: dict[str, Any], alone: str) -> str:
    """Give *values* as JSON without those that say nothing; what is *alone* there needs no name."""
    told = {name: value for name, value in values.items() if value not in (None, [], {})}
    if not told:
        return ""
    return as_json(told[alone] if list(told) == [alone] else told)


def _outcome(exchange: Exchange) -> dict[str, Any]:
    """Give all that came of *exchange* so far, under the names of its events."""
    answered = exchange.answered(dict[str, Any]) or {}
    return {
        "answer": answered.get("detail") if list(answered) == ["detail"] else answered,
        "chunks": [_piece(chunk) for chunk in exchange.chunks(dict[str, Any])],
        "cut": exchange.response_body.cut or None,
        **(exchange.finished(dict[str, Any]) or {}),
    }


def _piece(chunk: dict[str, Any]) -> object:
    """Give what a chunk holds; of the two directions the one that is rare is named."""
    if chunk.keys() != {"data", "sent"}:
        return chunk
    return {"sent": chunk["data"]} if chunk["sent"] else chunk["data"]


def _readable(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
