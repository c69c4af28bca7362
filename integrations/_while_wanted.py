"""Patches that are needed only while a front end wants to know by what work was started."""

from __future__ import annotations

from collections.abc import Callable

from ..channels import _origins as origins
from ._patch import Undo


def while_wanted(install: Callable[[], Undo]) -> Undo:
    """Call *install* each time that begins, and what it gives each time it ends."""
    undos: list[Undo] = []

    def follow(wanted: bool) -> None:  # noqa: FBT001
        while undos:
            undos.pop()()
        if wanted:
            undos.append(install())

    stop = origins.watch_wanted(follow)

    def undo() -> None:
        stop()
        follow(wanted=False)

    return undo
