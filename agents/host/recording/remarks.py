"""What the host has said of the programs that matters for a recording of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..target import Target

_OF_NO_LOSS = re.compile(r"the program \(pid \d+\) has ended")


def remarks(target: Target) -> Iterator[str]:
    """Give the warnings so far, such as of what a program could not tell."""
    for notice in target.notices:
        if notice.level == "warning" and not _OF_NO_LOSS.fullmatch(notice.text):
            yield notice.text
