"""``tapscope replay``: shows a trace in DevTools, without the program that it is of."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from ...agents.launch import LaunchError, LaunchOptions, prepare
from ..address import add_address_options, announced
from ..help import parser_of
from ..terminal import say

if TYPE_CHECKING:
    from ...agents.host.replay import TraceFile

_DESCRIPTION = """\
Serve a trace, as tapscope record writes it to NAME.jsonl, to Chrome DevTools or
any other client of its protocol, until Ctrl-C.
"""

_EXAMPLES = """\
examples:
  tapscope record -o app.jsonl app.py         record a trace first
  tapscope replay app.jsonl                   then look at it, as often as you like
  tapscope replay --open app.jsonl            open Chrome or Chromium at once
"""

_UNUSABLE = 2


def main(arguments: list[str]) -> int:
    """Serve the trace that *arguments* name until Ctrl-C; give 2 if it is none."""
    options = _parser().parse_args(arguments)
    # Not at the top: it brings trio with it, which the help above can do without.
    from ...agents.host.recording import RecordingError
    from ...agents.host.replay import TraceFile

    try:
        trace = TraceFile.open(options.trace)
    except RecordingError as error:
        say(f"tapscope: {error}")
        return _UNUSABLE
    try:
        return _serve(options, trace)
    except LaunchError as error:
        say(f"tapscope: {error}")
        return 1
    finally:
        trace.close()


def _serve(options: argparse.Namespace, trace: TraceFile) -> int:
    from ...agents.host.host import HostOptions
    from ...agents.host.inspector.serving import serve
    from ...agents.host.replay import ReplayHost

    header = trace.header
    prepared = prepare(
        LaunchOptions(
            host=options.host,
            port=options.port,
            open_browser=options.open,
            title=header.title,
            url=header.url,
            foreground=True,
            patience=math.inf,
        )
    )
    with announced(prepared, port=options.port, opening=options.open):
        host = ReplayHost(HostOptions.of(prepared.config), trace)
        prepared.surrender()
        serve(prepared.config, host)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("replay", _DESCRIPTION, _EXAMPLES)
    parser.add_argument("trace", metavar="NAME.jsonl", help="the trace")
    add_address_options(parser)
    return parser
