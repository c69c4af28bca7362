"""Launching: a host is prepared, and started beside a program or in this very process."""

from __future__ import annotations

from .errors import LaunchError, PortInUse
from .front_door import DEFAULT_PORT
from .launched import Launched
from .options import LaunchOptions
from .prepared import Prepared, prepare
from .starting import launch

__all__ = [
    "DEFAULT_PORT",
    "LaunchError",
    "LaunchOptions",
    "Launched",
    "PortInUse",
    "Prepared",
    "launch",
    "prepare",
]
