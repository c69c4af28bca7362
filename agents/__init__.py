"""What others hear: carries events over to a host, records them, serves them to front ends."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import domains as domains
    from . import inspector as inspector
    from . import network as network
    from . import redaction as redaction
    from .registry import register as register
    from .session import Session as Session

__all__ = ["Session", "domains", "inspector", "network", "redaction", "register"]


def __getattr__(name: str) -> object:
    # Each is loaded when it is asked for: a program that is only tapped shall
    # not load a host's parts.
    if name == "Session":
        return importlib.import_module(".session", __name__).Session
    if name == "register":
        return importlib.import_module(".registry", __name__).register
    if name in __all__:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
