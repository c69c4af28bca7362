"""``--native`` and ``--slow-native``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from .native import Watch, duration

T = TypeVar("T")

WITH_VALUE = ("--native", "--slow-native")
"""Those that have a value in the word behind them."""


def add_native_options(parser: argparse.ArgumentParser) -> None:
    """Add the two options."""
    group = parser.add_argument_group("native code")
    group.add_argument(
        "--native",
        type=_type(Watch.parse),
        action="append",
        default=[],
        metavar="MODULE[:PATTERN]",
        help="show the calls of a native module's functions; can be given several times",
    )
    group.add_argument(
        "--slow-native",
        type=_type(duration),
        metavar="DURATION",
        help="point in the Console at native calls that take as long, such as 200ms",
    )


def _type(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Give *parse* such that argparse tells what is wrong."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read
