"""Events as lines: of JSON for machines, or with the time and the parameters for people."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST = 200
"""Characters of a parameter that people are shown."""

PrintEvent = Callable[[str, Mapping[str, Any]], None]
"""Prints an event, of which it gets the method and the parameters, at once."""


def print_json(method: str, params: Mapping[str, Any]) -> None:
    """Print an event as one line of JSON, at once."""
    print(json.dumps({"method": method, "params": params}, separators=(",", ":")), flush=True)


def for_people(methods: Iterable[str]) -> PrintEvent:
    """Choose how events are printed: with colours on a terminal if there is rich, or plainly.

    *methods* are those that can come, which makes the columns as wide.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # pyright: ignore[reportUnknownMemberType]
    width = max(map(len, methods), default=0)
    console = _console()
    return _plain(width) if console is None else _coloured(console, width)


def _plain(width: int) -> PrintEvent:
    def show(method: str, params: Mapping[str, Any]) -> None:
        told = " ".join(f"{name}={value}" for name, value in _pairs(params))
        print(f"{_now()}  {method:{width}}  {told}".rstrip(), flush=True)

    return show


def _coloured(console: Console, width: int) -> PrintEvent:
    from rich.table import Table
    from rich.text import Text

    def show(method: str, params: Mapping[str, Any]) -> None:
        told = Text(" ", overflow="fold", end="").join(
            Text.assemble((f"{name}=", "cyan"), value) for name, value in _pairs(params)
        )
        row = Table.grid(padding=(0, 2))
        row.add_column(no_wrap=True, style="dim")
        row.add_column(no_wrap=True, style="bold", min_width=width)
        row.add_column(overflow="fold")
        row.add_row(_now(), Text(method), told)
        console.print(row)

    return show


def _console() -> Console | None:
    try:
        if not sys.stdout.isatty():
            return None
        from rich.console import Console
    except (AttributeError, ImportError, ValueError):  # no output, no rich, a closed output
        return None
    return Console(highlight=False)


def _now() -> str:
    now = time.time()
    return f"{time.strftime('%H:%M:%S', time.localtime(now))}.{int(now % 1 * 1000):03}"


def _pairs(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
        short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        # What a terminal would obey is in the traffic of strangers.
        yield name, "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)
