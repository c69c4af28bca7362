"""``--max-total``, ``--max-body``, ``--max-exchanges`` and ``--spill``: how much a host keeps."""

from __future__ import annotations

import argparse

from .sizes import count, size

WITH_VALUE = ("--max-total", "--max-body", "--max-exchanges", "--spill")
"""Those that have a value in the word behind them."""


def add_budget_options(
    parser: argparse.ArgumentParser, title: str = "how much the host keeps"
) -> None:
    """Add the four options, under *title*."""
    sizes = "SIZE is a number of bytes, or one with a unit: 64KiB, 1.5GB."
    group = parser.add_argument_group(title, sizes)
    group.add_argument(
        "--max-total",
        type=size,
        metavar="SIZE",
        help="keep so many bytes of all bodies in memory, the newest (default: 100MB)",
    )
    group.add_argument(
        "--max-body",
        type=size,
        metavar="SIZE",
        help="keep so many bytes of one body, the first (default: 5MB)",
    )
    group.add_argument(
        "--max-exchanges",
        type=count,
        metavar="N",
        help="keep so many exchanges, the newest (default: 10000)",
    )
    group.add_argument(
        "--spill",
        type=size,
        default=0,
        metavar="SIZE",
        help="keep bodies that memory has no room for in a file of this size (default: none)",
    )
