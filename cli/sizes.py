"""Sizes as people write them: ``100MB``, ``1.5 GiB``, ``64k``, ``5_000_000``."""

from __future__ import annotations

import argparse
import re

_SIZE = re.compile(r"([0-9][0-9_]*(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def size(text: str) -> int:
    """Give how many bytes *text* says; ``k``, ``M``, ``G``, ``T`` are thousands, ``Ki`` is 1024.

    Raises:
        argparse.ArgumentTypeError: It says none.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: 100MB, 1.5GB, 64KiB or bytes")
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.lower()])


def count(text: str) -> int:
    """Give the number that *text* says, of things of which there is at least one.

    Raises:
        argparse.ArgumentTypeError: It says none.
    """
    if not text.replace("_", "").isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)
