"""What runs in the program before its first line: it joins the host that was started for it."""

from __future__ import annotations

import os
import signal
import warnings

from .. import integrations
from ..agents import inspector, network
from ..agents.link import LinkAddress


def join(link: str, url: str | None, *, wait: bool) -> None:
    """Tell the host at *link*, with front ends at *url*, what this process does from now on.

    With *wait* it comes back when a front end says so.

    Raises:
        TapscopeError: The host is not there, or *link* is no link.
    """
    # However strict the program is with warnings, none of ours is its business.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inspector.join(LinkAddress.parse(link), url)
        network.attach()
        integrations.install()
    if wait:
        _wait()


def _wait() -> None:
    try:
        inspector.wait_for_debugger()
    except KeyboardInterrupt:
        # Raised here, while the interpreter starts, it would be shown as its fatal error.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
