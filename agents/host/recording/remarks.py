"""What the host has said of the programs that matters for a recording of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..api.target import Target

_OF_NO_LOSS = re.compile(r"the program \(pid \d+\) has ended")
_GROWING = "; so far"


def remarks(target: Target) -> Iterator[str]:
    """Give the warnings so far, such as of what a program could not tell; of sums the last."""
    found: dict[tuple[int, str], str] = {}
    for notice in target.notices:
        if notice.level == "warning" and not _OF_NO_LOSS.fullmatch(notice.text):
            found[notice.process, notice.text.partition(_GROWING)[0]] = notice.text
    yield from found.values()
