"""``tapscope channels``: lists the channels there are, and what they carry."""

from __future__ import annotations

import argparse
import os
import sys

from ...channels.catalog import ChannelEntry, catalog
from ..help import parser_of
from ..terminal import show

_DESCRIPTION = """\
List the channels that tapscope knows, with the class of what they carry, one
line about it and how many subscribers they have in this process.

Channels of a library appear when it is imported: name its modules.
"""

_EXAMPLES = """\
examples:
  tapscope channels                tapscope's own
  tapscope channels acme.jobs      those, too, that a module of yours makes
"""


def main(arguments: list[str]) -> int:
    """Print the list; give 1 if one of the modules can't be imported."""
    options = _parser().parse_args(arguments)
    # As python does for a script: the modules of the project one stands in are found.
    sys.path.insert(0, os.getcwd())
    try:
        entries = catalog(options.modules)
    except ImportError as error:
        print(f"tapscope: {error}", file=sys.stderr)
        return 1
    show("\n".join(_lines(entries)))
    return 0


def _lines(entries: list[ChannelEntry]) -> list[str]:
    rows = [("CHANNEL", "CARRIES", "SUBSCRIBERS", "WHICH MEANS")]
    rows += [(e.name, e.event or "-", str(e.subscribers), e.doc or "-") for e in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"{name:{widths[0]}}  {event:{widths[1]}}  {count:>{widths[2]}}  {doc}"
        for name, event, count, doc in rows
    ]


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("channels", _DESCRIPTION, _EXAMPLES)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="import this module first")
    return parser
