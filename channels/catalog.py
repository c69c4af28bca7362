"""All the channels that tapscope itself knows, and those that a program has made."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

import attrs

from ._registry import known_channels

WELL_KNOWN = ("database", "http", "log", "native", "sse", "websocket")
"""The modules of this package that declare channels."""


@attrs.frozen
class ChannelEntry:
    """One line of the catalogue.

    Attributes:
        name: The channel's name.
        event: The dotted name of its class; empty if it has declared none.
        doc: One line on what is published there; empty if nobody has said.
        subscribers: How many there are in this process now.
    """

    name: str
    event: str
    doc: str
    subscribers: int


def catalog(modules: Iterable[str] = ()) -> list[ChannelEntry]:
    """Give an entry for each channel of this process, by name.

    Args:
        modules: Modules to import first, for the channels that they make.

    Raises:
        ImportError: One of *modules* can't be imported.
    """
    for name in WELL_KNOWN:
        import_module(f"{__package__}.{name}")
    for name in modules:
        import_module(name)
    return [
        ChannelEntry(found.name, _dotted(found.event), found.doc, found.subscriber_count)
        for found in known_channels()
    ]


def _dotted(event: type[object] | None) -> str:
    if event is None:
        return ""
    # Where it is defined is private; it is used from the package above.
    public = [word for word in event.__module__.split(".") if not word.startswith("_")]
    return ".".join([*public, event.__qualname__])
