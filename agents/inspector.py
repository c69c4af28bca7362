"""A host beside this program, from within it; the names are ``node:inspector``'s."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import final

from ..channels import TapscopeError
from .link import LinkAddress
from .program import AlreadyActivated as AlreadyActivated  # noqa: PLC0414  # public here
from .program import program


class NotActive(TapscopeError):
    """There is no host; ``open()`` one, or start the program with ``tapscope run``."""


@final
class Opened(AbstractContextManager["Opened"]):
    """What :func:`open` gives; closes with :meth:`close` or at the end of a ``with``."""

    def close(self) -> None:
        """Close the inspector; a second call does nothing."""
        close()

    def __exit__(self, *error: object) -> None:
        self.close()


_url: str | None = None


def open(port: int | None = 9229, host: str = "127.0.0.1", *, wait: bool = False) -> Opened:  # noqa: A001  # Node's word
    """Start a host beside this program and join it.

    The host outlives the program while a front end is attached to it.

    Args:
        port: Where front ends come in; 0 for any, ``None`` for 9229 or else the next free one.
        host: The address to listen on; whoever can reach it and knows the id sees everything.
        wait: Also :func:`wait_for_debugger`.

    Raises:
        AlreadyActivated: The program has a host.
        PortInUse: Somebody else listens on *port*.
        LaunchError: The host can't be started.
    """
    if program.tap is not None:
        raise AlreadyActivated("an inspector is open already; close it first")
    # Here, as a program that joins a host shall not load what starts one.
    from .launch import LaunchOptions, launch

    launched = launch(LaunchOptions(host=host, port=port, wait=wait))
    join(launched.link, launched.websocket_url)
    if wait:
        wait_for_debugger()
    return Opened()


def join(link: LinkAddress, url: str | None = None, *, quiet: bool = False) -> None:
    """Join the host at *link*, whose front ends connect to *url*, instead of opening one.

    If *quiet*, nothing is said on stderr, also when the host goes away.

    Raises:
        AlreadyActivated: The program has a host.
        TapscopeError: Nobody listens there.
    """
    global _url  # noqa: PLW0603  # the process has one inspector
    program.join(link, quiet=quiet)
    _url = url


def close() -> None:
    """Deliver what was published and leave the host; without one do nothing.

    The host ends with its last front end; another can be opened.
    """
    program.leave()


def url() -> str | None:
    """Give the WebSocket address of the open inspector; ``None`` if there is none."""
    return _url if program.tap is not None else None


def wait_for_debugger() -> None:
    """Block until a front end says ``Runtime.runIfWaitingForDebugger``, or the host is gone.

    Raises:
        NotActive: There is no host.
    """
    tap = program.tap
    if tap is None:
        raise NotActive("no inspector is open; call open() before wait_for_debugger()")
    tap.wait_released()
