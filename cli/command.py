"""The command ``tapscope``: it finds the subcommand and hands the other words on unread."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import PathFinder

_COMMANDS = {
    "run": "run a Python program and show what it does in Chrome DevTools",
    "record": "run a Python program and write what it does to a file",
    "replay": "show what was recorded in Chrome DevTools, without the program",
    "watch": "print the events of a domain in the terminal as they come",
    "demo": "show a small server and client made for looking at",
    "host": "run the process that records and serves, for programs to join",
    "channels": "list the channels there are and what they carry",
    "domains": "list the domains there are, and what they can do",
    "new-domain": "write a package with a domain of your own, to begin from",
}
_EXAMPLES = """\
begin with:
  tapscope demo --open               something to look at
  tapscope run app.py                a program of yours; it prints where to look
  tapscope record -o app.har app.py  the same into a file, without a browser

tapscope COMMAND --help tells more about one of them.
"""
_USAGE = 2
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the subcommand that *arguments* begin with; give its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    if not words:
        parser.print_help(sys.stderr)
        return _USAGE
    name: str = parser.parse_args(words[:1]).command
    try:
        return _main_of(name)(words[1:])
    except KeyboardInterrupt:
        return _INTERRUPTED


def _main_of(name: str) -> Callable[[list[str]], int]:
    # By name, so that no subcommand waits for another one's imports.
    module = f".commands.{name.replace('-', '_')}"
    run: Callable[[list[str]], int] = import_module(module, __package__).main
    return run


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, _COMMANDS))
    listing = [f"  tapscope {name:{width}}  {what}" for name, what in _COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="tapscope",
        usage="tapscope COMMAND [options] ...",
        description="What a running Python program does, live, in Chrome DevTools.",
        epilog="\n".join(["commands:", *listing, "", _EXAMPLES]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=_version())
    parser.add_argument("command", choices=_COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


def _version() -> str:
    from tapscope import __version__

    from .. import agents

    # Found by its file, as importing the tap would make every command wait.
    folders = [os.path.join(folder, "tap") for folder in agents.__path__]
    has_taker = PathFinder.find_spec("_taker", folders) is not None
    return f"tapscope {__version__} {'with' if has_taker else 'without'} C extension"
