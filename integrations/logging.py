"""The standard library's ``logging``: each record, before its handlers get it."""

from __future__ import annotations

from ..channels import log
from ._patch import Undo


def hook(_library: str = "logging") -> Undo:
    """Publish what all loggers let through, while somebody listens."""
    return log.feed().close


install = hook
"""Stands on nothing else."""
