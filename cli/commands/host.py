"""``tapscope host``: the process beside the programs, which records and serves."""

from __future__ import annotations

import argparse
import logging
import math
import os

from ...agents.launch import LaunchError, LaunchOptions, prepare
from ...agents.link.messages import Limits
from .. import environment
from ..address import add_address_options, announced
from ..budget_options import add_budget_options
from ..help import parser_of
from ..keeping import keep
from ..terminal import say

_DESCRIPTION = """\
Run a host in the foreground: it records what programs tell it, and serves it to
Chrome DevTools, until Ctrl-C or until DevTools is closed after the last program.
tapscope run starts one by itself; this one is for several programs in one panel.
"""

_EXAMPLES = """\
examples:
  tapscope host                               in one terminal; it prints the next line
  TAPSCOPE_LINK=... tapscope run app.py       in others, for each of the programs
"""


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C, or until the last front end has left the last program's exchanges."""
    options = _parser().parse_args(arguments)
    _log_to(os.environ.get(environment.LOG))
    if options.config_fd is None:
        return _serve_terminal(options)
    # Not at the top: it brings trio with it, which the help above can do without.
    from ...agents.host.config import HostConfig
    from ...agents.host.inspector import run

    with open(options.config_fd, "rb") as pipe:  # a descriptor has no path
        config = HostConfig.from_json(pipe.read())
    run(config)
    return 0


def _log_to(path: str | None) -> None:
    """Have the host's own troubles written to a file: it has no terminal of its own."""
    if path is not None:
        form = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
        logging.basicConfig(filename=path, format=form, level=logging.INFO)


def _serve_terminal(options: argparse.Namespace) -> int:
    from ...agents.host.inspector import run

    try:
        prepared = prepare(
            LaunchOptions(
                host=options.host,
                port=options.port,
                open_browser=options.open,
                keep=True,
                title="tapscope host",
                foreground=True,
                patience=math.inf,
                limits=Limits(options.max_total, options.max_body, options.max_exchanges),
                spill=options.spill,
            )
        )
    except LaunchError as error:
        say(f"tapscope: {error}")
        return 1
    with announced(prepared, port=options.port, opening=options.open):
        link = prepared.launched.link
        say(f"A program joins with: {environment.LINK}={link} tapscope run ...")
        # Its own keeper, so that it stays between one program and the next.
        with keep(link):
            prepared.surrender()
            run(prepared.config)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("host", _DESCRIPTION, _EXAMPLES)
    add_address_options(parser)
    add_budget_options(parser)
    parser.add_argument(
        "--config-fd",
        type=int,
        metavar="N",
        help=argparse.SUPPRESS,  # how tapscope run starts a host
    )
    return parser
