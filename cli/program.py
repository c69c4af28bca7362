"""What runs in the program before its first line: it joins the host that was started for it."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Collection

from .. import integrations
from ..agents import inspector, network
from ..agents.link import LinkAddress
from . import children, native, redaction
from .environment import ALONE, CHILD, WAIT


def join(link: str, url: str | None, how: Collection[str]) -> None:
    """Tell the host at *link*, with front ends at *url*, what this process does from now on.

    *how* are words of ``environment``: ``WAIT`` comes back when a front end says so.

    Raises:
        TapscopeError: The host is not there, or *link* is no link.
    """
    try:
        _join(link, url, how)
        if WAIT in how:
            inspector.wait_for_debugger()
    except KeyboardInterrupt:
        # Raised here, while the interpreter starts, it would be shown as its fatal error.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)


def _join(link: str, url: str | None, how: Collection[str]) -> None:
    # However strict the program is with warnings, none of ours is its business.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        redaction.redact(how)
        inspector.join(LinkAddress.parse(link), url, quiet=CHILD in how)
        network.attach()
        integrations.install()
        native.watch(how)
        if ALONE not in how:
            children.watch(link, url, [*native.ours(how), *redaction.ours(how)])
