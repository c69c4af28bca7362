"""How far a recording is, on a terminal that the program does not write to."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from ..agents.host.recording import Tally

LONG = 2.0
"""Seconds from which on a recording counts as long."""


class Progress:
    """A line that is written over again and again, and in the end is gone.

    There is one if the standard error is a terminal and the standard output goes elsewhere:
    the program has the same two, and most write to the second.  What one writes to the first
    stands over the line.  Without rich there is none.
    """

    def __init__(self, tally: Callable[[], Tally]) -> None:
        self._tally = tally
        self._console = _console()
        self._shown_from = time.monotonic() + LONG
        self._shown = False

    def tick(self) -> None:
        """Write the line, or write it again."""
        if self._console is None or time.monotonic() < self._shown_from:
            return
        from rich.filesize import decimal

        tally = self._tally()
        text = f"tapscope: {tally.counted}, {decimal(tally.size)}"
        self._erase(self._console)
        self._console.print(text, end="\r", style="dim", no_wrap=True, overflow="crop")
        self._shown = True

    def end(self) -> None:
        """Take the line away, for good."""
        if self._console is not None and self._shown:
            self._erase(self._console)
        self._console = None

    @staticmethod
    def _erase(console: Console) -> None:
        from rich.control import Control
        from rich.segment import ControlType

        console.control(Control((ControlType.ERASE_IN_LINE, 2), ControlType.CARRIAGE_RETURN))


def _console() -> Console | None:
    if not _is_ours():
        return None
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(stderr=True, highlight=False)


def _is_ours() -> bool:
    """Whether the standard error is a terminal, and the standard output is not."""
    try:
        return sys.stderr.isatty() and not os.isatty(1)
    except (AttributeError, OSError, ValueError):  # closed, or none
        return False
