"""How long and how fast the demonstration goes on, as its command line says it."""

from __future__ import annotations

import argparse


def add_pace_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--rounds`` and ``--pause``."""
    parser.add_argument(
        "--rounds", type=int, metavar="N", help="end after N rounds (default: go on until Ctrl-C)"
    )
    parser.add_argument(
        "--pause",
        type=float,
        default=0.7,
        metavar="SECONDS",
        help="the time between two exchanges (default: 0.7)",
    )
