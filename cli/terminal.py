"""What the command line itself writes: about itself never among a program's output."""

from __future__ import annotations

import contextlib
import os
import sys


def say(line: str) -> None:
    """Write *line* to the standard error, if there is one that takes it."""
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison]
        with contextlib.suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Write *text* to the standard output, as far as it is read there: ``head`` stops early."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        abandon_output()


def abandon_output() -> None:
    """Let Python's own last flush find a place, where it would complain of a closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
