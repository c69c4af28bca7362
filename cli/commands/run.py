"""``tapscope run``: starts a host and becomes the program."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import attrs

from ...agents.launch import LaunchOptions, launch
from ...agents.link import LinkAddress
from ...agents.link.messages import Limits
from ...channels import TapscopeError
from .. import environment, interpreter, native, redaction, words
from ..address import add_address_options, announce
from ..budget_options import add_budget_options
from ..help import PROGRAM, add_children_option, parser_of
from ..native_options import add_native_options
from ..redaction_options import add_redaction_options
from ..redaction_rules import Redaction
from ..terminal import say

_DESCRIPTION = """\
Run a Python program and show what it does in Chrome DevTools.

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


_FOR_A_NEW_HOST = (
    "port",
    "host",
    "open",
    "max_total",
    "max_body",
    "max_exchanges",
    "spill",
)


@attrs.frozen
class RunOptions:
    """What was asked for between ``run`` and the program; the attributes are the options."""

    port: int | None = None
    host: str = "127.0.0.1"
    wait: bool = False
    open: bool = False
    keep: bool = False
    no_children: bool = False
    native: Sequence[native.Watch] = ()
    slow_native: float | None = None
    redact: Sequence[Redaction] = ()
    max_total: int | None = None
    max_body: int | None = None
    max_exchanges: int | None = None
    spill: int = 0


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
    command = [sys.executable, *interpreter.options(sys.orig_argv), *program.words]
    host = None if program.missing else _host(options, program)
    if host is None:
        _become(command, environment.alone(os.environ))
    link, url = host
    environ = environment.joining(os.environ, str(link), url, *_how(options))
    if not options.keep:
        _become(command, environ)
    from ..keeping import run_and_keep

    return run_and_keep(command, environ, link)


def _how(options: RunOptions) -> list[str]:
    chosen = {environment.WAIT: options.wait, environment.ALONE: options.no_children}
    told = native.words(options.native, options.slow_native) + redaction.words(options.redact)
    return [*(word for word, wanted in chosen.items() if wanted), *told]


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
            address = LinkAddress.parse(given)
            _say_what_is_in_vain(options)
            return address, os.environ.get(environment.URL)
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


def _say_what_is_in_vain(options: RunOptions) -> None:
    """Name the options that are for a host that is started, as this one joins another."""
    plain = {field.name: field.default for field in attrs.fields(RunOptions)}
    chosen = [name for name in _FOR_A_NEW_HOST if getattr(options, name) != plain[name]]
    if chosen:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in chosen)
        say(f"tapscope: joining a host that runs already; without effect on it: {named}")


def _launch_options(options: RunOptions, program: words.Program) -> LaunchOptions:
    return LaunchOptions(
        host=options.host,
        port=options.port,
        keep=options.keep,
        wait=options.wait,
        open_browser=options.open,
        title=program.title,
        url=program.url,
        limits=Limits(options.max_total, options.max_body, options.max_exchanges),
        spill=options.spill,
    )


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("run", _DESCRIPTION, _EXAMPLES, f"[options] {PROGRAM}")
    parser.add_argument(
        "--wait", action="store_true", help="start the program when DevTools has attached"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="after the program has ended, keep what it did until DevTools is closed or Ctrl-C",
    )
    add_children_option(parser)
    add_address_options(parser)
    add_native_options(parser)
    add_redaction_options(parser)
    add_budget_options(parser)
    return parser
