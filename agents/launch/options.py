"""What whoever starts a host may choose."""

from __future__ import annotations

import attrs
from attrs.validators import and_, ge, le, optional

from ..link.messages import Limits


@attrs.frozen(kw_only=True)
class LaunchOptions:
    """What whoever starts a host may choose.

    Attributes:
        host: The name or address that the inspector listens on.
        port: The port, or 0 for any; None takes 9229 or else the next free one.
        keep: The host stays after the last program has ended, to be looked at.
        open_browser: The host opens Chrome or Chromium on the front end's page.
        title: What a list of targets shows; cut after 200 characters.
        url: Where the program's main file is, ``file://...``; empty when it has none.
        wait: The program waits for a front end to say so; DevTools' js_app.html does,
            worker_app.html does not.
        foreground: The host will run in this very process, which owns a terminal.
        patience: Seconds that the host waits for its first program.
        limits: How much the host keeps; what is said here no program changes.
        spill: Bytes of bodies that the host keeps in a file, when memory has no room.
    """

    host: str = "127.0.0.1"
    port: int | None = attrs.field(default=None, validator=optional(and_(ge(0), le(65535))))
    keep: bool = False
    open_browser: bool = False
    title: str = "python"
    url: str = ""
    wait: bool = False
    foreground: bool = False
    patience: float = 15.0
    limits: Limits = attrs.field(factory=Limits)
    spill: int = attrs.field(default=0, validator=ge(0))
