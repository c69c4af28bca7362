"""Integrations that other distributions bring, found by their entry points."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from ._patch import report

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tapscope.integrations"


@attrs.frozen
class Plugin:
    """An integration of somebody else's; its module is loaded when it is needed.

    Attributes:
        library: The module whose import it waits for.
    """

    library: str
    _entry_point: EntryPoint

    def install(self) -> None:
        """Load it and call its ``install()``; an error is logged."""
        try:
            self._entry_point.load().install()
        except Exception:
            report(f"{self.library} ({self._entry_point.value})")


def plugins() -> Iterator[Plugin]:
    """Give the integrations that are installed beside tapscope."""
    # importlib.metadata brings sixty modules (email, random, zipfile ...): time, and names
    # that the program may want to find in its own folder.
    if any(_declares(metadata) for folder in sys.path for metadata in _metadata(folder)):
        from importlib.metadata import entry_points

        for entry_point in entry_points(group=GROUP):
            yield Plugin(entry_point.name, entry_point)


def _metadata(folder: str) -> list[str]:
    """Give the folders with a distribution's metadata in *folder*."""
    try:
        with os.scandir(folder or os.curdir) as entries:
            return [
                each.path for each in entries if each.name.endswith((".dist-info", ".egg-info"))
            ]
    except OSError:
        return []


def _declares(metadata: str) -> bool:
    try:
        with open(os.path.join(metadata, "entry_points.txt"), "rb") as declared:
            return GROUP.encode() in declared.read()
    except OSError:
        return False
