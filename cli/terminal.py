"""What the command line says about itself, which never goes among the program's output."""

from __future__ import annotations

import contextlib
import sys


def say(line: str) -> None:
    """Write *line* to the standard error, if there is one that takes it."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison]
        with contextlib.suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)
