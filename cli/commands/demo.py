"""``tapscope demo``: a program made for looking at, run as any other."""

from __future__ import annotations

import argparse

from ..address import add_address_options
from ..help import parser_of
from ..words import Program
from .run import RunOptions, run

_DESCRIPTION = """\
Run a small server and a small client in one process, without the internet, and
show their exchanges in Chrome DevTools: about one a second, until Ctrl-C.
"""

_EXAMPLES = """\
examples:
  tapscope demo --open             open Chrome or Chromium at once
  tapscope demo --rounds 1         a look at each kind of exchange
"""


def main(arguments: list[str]) -> int:
    """Become the demonstration, under a host of its own."""
    options = _parser().parse_args(arguments)
    words = ["-m", "tapscope.cli.demo", "--pause", str(options.pause)]
    if options.rounds is not None:
        words += ["--rounds", str(options.rounds)]
    chosen = RunOptions(port=options.port, host=options.host, open=options.open)
    return run(chosen, Program(tuple(words)))


def _parser() -> argparse.ArgumentParser:
    from ..demo.pace import add_pace_options

    parser = parser_of("demo", _DESCRIPTION, _EXAMPLES)
    add_address_options(parser)
    add_pace_options(parser)
    return parser
