"""``tapscope run``: starts a host and becomes the program."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

import attrs

from ...agents.browser import CHOICE, find_browser
from ...agents.launch import DEFAULT_PORT, Launched, LaunchOptions, launch
from ...agents.link import LinkAddress
from ...channels import TapscopeError
from .. import environment, words
from ..terminal import say

_DESCRIPTION = """\
Run a Python program and show its HTTP traffic in Chrome DevTools.

The program runs as python would run it: the same arguments, exit code, signals
and tracebacks.  Everything after the script, the module or the code is its own.
"""

_EXAMPLES = """\
examples:
  tapscope run app.py --verbose         a script, with an argument of its own
  tapscope run -m pytest tests          a module
  tapscope run -c 'import app'          code
  tapscope run --open app.py            open Chrome or Chromium at once
  tapscope run --wait --keep app.py     see everything of a short program
  tapscope run --port 0 app.py          any free port
  python -X dev -m tapscope run app.py  with options for the interpreter

It prints an address that begins with devtools://.  Paste it into the address bar
of Chrome or Chromium, or look for the program at chrome://inspect.
"""


@attrs.frozen
class RunOptions:
    """What was asked for between ``run`` and the program; the attributes are the options."""

    port: int | None
    host: str
    wait: bool
    open: bool
    keep: bool


def main(arguments: list[str]) -> int:
    """Become the program that *arguments* name; give an exit code only if that can't be."""
    ours, theirs = words.split(arguments)
    parser = _parser()
    options = RunOptions(**vars(parser.parse_args(ours)))
    if not theirs:
        parser.error("which program? a script, -m and a module, or -c and code")
    return run(options, words.Program(theirs))


def run(options: RunOptions, program: words.Program) -> int:
    """Become *program*, inspected if that is possible; with ``keep`` stay beside it instead."""
    command = [sys.executable, *words.interpreters(sys.orig_argv), *program.words]
    host = None if program.missing else _host(options, program)
    if host is None:
        _become(command, environment.alone(os.environ))
    link, url = host
    environ = environment.joining(os.environ, str(link), url, wait=options.wait)
    if not options.keep:
        _become(command, environ)
    from ..keeping import run_and_keep

    return run_and_keep(command, environ, link)


def _become(command: list[str], environ: dict[str, str]) -> NoReturn:
    os.execve(command[0], command, environ)  # noqa: S606  # not through a shell, on purpose


def _host(options: RunOptions, program: words.Program) -> tuple[LinkAddress, str | None] | None:
    """The host to join: one that is there already, or one started for this program."""
    if sys.flags.ignore_environment or sys.flags.no_site:
        reason = "python's options -E, -I and -S keep the program from joining"
        say(f"tapscope: {reason}; running without inspection")
        return None
    try:
        if given := os.environ.get(environment.LINK):
            return LinkAddress.parse(given), os.environ.get(environment.URL)
        launched = launch(_launch_options(options, program))
    except TapscopeError as error:
        say(f"tapscope: {error}; running without inspection")
        return None
    except Exception as error:
        # Whatever it is that we got wrong, the program is to run.
        say(f"tapscope: {error!r}; running without inspection")
        return None
    announce(launched, port=options.port, opening=options.open)
    return launched.link, launched.websocket_url


def _launch_options(options: RunOptions, program: words.Program) -> LaunchOptions:
    return LaunchOptions(
        host=options.host,
        port=options.port,
        keep=options.keep,
        wait=options.wait,
        open_browser=options.open,
        title=program.title,
        url=program.url,
    )


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


def add_address_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where front ends come in."""
    parser.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help=f"listen on this port, 0 for any (default: {DEFAULT_PORT} or the next free one)",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="listen on this address (default: 127.0.0.1, this machine only)",
    )
    parser.add_argument(
        "--open", action="store_true", help="open Chrome or Chromium on the right page"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tapscope run",
        usage="tapscope run [options] (script.py | -m module | -c code) [argument ...]",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_address_options(parser)
    parser.add_argument(
        "--wait", action="store_true", help="start the program when DevTools has attached"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="after the program has ended, keep what it did until DevTools is closed or Ctrl-C",
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # what a port is
        raise argparse.ArgumentTypeError(f"{port} is no port: 0 to 65535")
    return port
