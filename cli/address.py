"""Where front ends come in: the options that choose it, and the lines that say it."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import contextmanager

from ..agents.browser import CHOICE, find_browser
from ..agents.launch import DEFAULT_PORT, Launched, Prepared
from .terminal import say


def add_address_options(
    parser: argparse.ArgumentParser, title: str = "where DevTools comes in"
) -> None:
    """Add the options that say where front ends come in, under *title*."""
    group = parser.add_argument_group(title)
    group.add_argument(
        "--port",
        type=port_number,
        metavar="N",
        help=f"listen on this port, 0 for any (default: {DEFAULT_PORT} or the next free one)",
    )
    group.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="listen on this address (default: 127.0.0.1, this machine only)",
    )
    group.add_argument(
        "--open", action="store_true", help="open Chrome or Chromium on the right page"
    )


def port_number(text: str) -> int:
    """Read the number of a port, as argparse wants it."""
    if not text.isdecimal() or int(text) > 65535:  # the last there is
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def announce(launched: Launched, *, port: int | None, opening: bool) -> None:
    """Say where the host is to be reached, and what differs from what was asked for.

    That was *port*, or None for the usual one, and, *opening*, a browser on the right page.
    """
    if port is None and launched.port != DEFAULT_PORT:
        say(f"tapscope: port {DEFAULT_PORT} is in use; using {launched.port}")
    if not launched.loopback:
        say(
            f"tapscope: warning: whoever reaches {launched.host} port {launched.port} and knows "
            "the address below can read this program's traffic"
        )
    say(f"DevTools listening on {launched.websocket_url}")
    say(launched.devtools_url)
    if opening and find_browser() is None:
        say(f"tapscope: there is no Chrome or Chromium to open; {CHOICE} can name one")


@contextmanager
def announced(prepared: Prepared, *, port: int | None, opening: bool) -> Generator[None]:
    """Announce the host that is to run inside of this, in this process, until Ctrl-C.

    What was prepared for it and not surrendered is discarded in the end.
    """
    try:
        announce(prepared.launched, port=port, opening=opening)
        yield
    except KeyboardInterrupt:
        pass  # before the host minds Ctrl-C itself
    finally:
        prepared.discard()
