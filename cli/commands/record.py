"""``tapscope record``: runs a program and writes what it did to a file."""

from __future__ import annotations

import argparse

from .. import words
from ..address import add_address_options
from ..budget_options import add_budget_options
from ..help import PROGRAM, add_children_option, parser_of
from ..native_options import add_native_options
from ..recorded_run import HAR, TRACE, RecordOptions, record
from ..redaction_options import add_redaction_options

_DESCRIPTION = """\
Run a Python program as tapscope run does, and write what it does to a file.

NAME.har is a HAR file, which DevTools (Network, Import HAR file) and many other
tools open.  Cookies and authorization are left out of it, as DevTools does, unless
they are asked for; bodies and URLs are written as they are.

NAME.jsonl is a trace: the messages of DevTools' protocol, one a line, which
tapscope replay shows in DevTools.  It has everything, queries of databases, too.
"""

_EXAMPLES = """\
examples:
  tapscope record -o app.har app.py            a script
  tapscope record -o tests.har -m pytest       a module
  tapscope record -o app.har --live app.py     to be looked at in DevTools meanwhile
  tapscope record -o app.jsonl app.py          a trace
"""

_WITH_VALUE = ("-o", "--output")


def main(arguments: list[str]) -> int:
    """Run the program that *arguments* name, and record it; give its exit code."""
    ours, theirs = words.split(arguments, _WITH_VALUE)
    parser = _parser()
    options = RecordOptions(**vars(parser.parse_args(ours)))
    if not theirs:
        parser.error("which program? a script, -m and a module, or -c and code")
    if not options.output.endswith((HAR, TRACE)):
        parser.error(f"-o {options.output}: a name that ends in {HAR} or {TRACE} is needed")
    if not options.live:
        for name in ("port", "host", "open"):
            if getattr(options, name) != parser.get_default(name):
                parser.error(f"--{name} is for --live")
    return record(options, words.Program(theirs))


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("record", _DESCRIPTION, _EXAMPLES, f"-o NAME [options] {PROGRAM}")
    parser.add_argument("-o", "--output", required=True, metavar="NAME", help="the file to write")
    parser.add_argument(
        "--with-secrets",
        action="store_true",
        help="write cookies and authorization, too",
    )
    parser.add_argument(
        "--live", action="store_true", help="let DevTools attach while the program runs"
    )
    add_children_option(parser)
    add_address_options(parser, "where DevTools comes in, with --live")
    add_native_options(parser)
    add_redaction_options(parser)
    add_budget_options(parser, "how much is kept until it is in the file")
    return parser
