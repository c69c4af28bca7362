"""``tapscope record``: runs a program and writes what it did to a file."""

from __future__ import annotations

import argparse
import math
import os
import platform
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import attrs

from tapscope import __version__

from ...agents.launch import LaunchError, LaunchOptions, Prepared, prepare
from .. import environment, interpreter, native, redaction, words
from ..address import add_address_options, announce
from ..child import Child, end_as
from ..native_options import add_native_options
from ..progress import Progress
from ..redaction_options import add_redaction_options
from ..redaction_rules import Redaction
from ..sizes import size
from ..terminal import say

if TYPE_CHECKING:
    from ...agents.host.budget import Budget
    from ...agents.host.config import HostConfig
    from ...agents.host.host import Host
    from ...agents.host.recording import PartFile, Recording

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

_HAR, _TRACE = ".har", ".jsonl"
_WITH_VALUE = ("-o", "--output", "--max-body")
_USAGE = 2


@attrs.frozen
class RecordOptions:
    """What was asked for between ``record`` and the program; the attributes are the options."""

    output: str
    with_secrets: bool
    live: bool
    port: int | None
    host: str
    open: bool
    no_children: bool
    max_body: int | None
    native: Sequence[native.Watch]
    slow_native: float | None
    redact: Sequence[Redaction]


def main(arguments: list[str]) -> int:
    """Run the program that *arguments* name, and record it; give its exit code."""
    ours, theirs = words.split(arguments, _WITH_VALUE)
    parser = _parser()
    options = RecordOptions(**vars(parser.parse_args(ours)))
    if not theirs:
        parser.error("which program? a script, -m and a module, or -c and code")
    if not options.output.endswith((_HAR, _TRACE)):
        parser.error(f"-o {options.output}: a name that ends in {_HAR} or {_TRACE} is needed")
    if not options.live and (options.open or options.port is not None):
        parser.error("--open and --port are for --live")
    return record(options, words.Program(theirs))


def record(options: RecordOptions, program: words.Program) -> int:
    """Run *program* and record it; give its exit code."""
    if sys.flags.ignore_environment or sys.flags.no_site:
        say("tapscope: python's options -E, -I and -S keep programs from being recorded")
        return _USAGE
    if program.missing:
        # Python says so, and an older recording stays.
        return end_as(Child(_command(program), environment.alone(os.environ)).run())
    # Not at the top: it brings trio with it, which the help above can do without.
    from ...agents.host.recording import PartFile, RecordingError

    try:
        file = PartFile.begin(options.output)
    except RecordingError as error:
        say(f"tapscope: {error}")
        return _USAGE
    try:
        prepared = prepare(_launch_options(options, program))
    except LaunchError as error:
        file.discard()
        say(f"tapscope: {error}")
        return 1
    try:
        return _record(options, program, file, prepared)
    finally:
        prepared.discard()


def _record(
    options: RecordOptions, program: words.Program, file: PartFile, prepared: Prepared
) -> int:
    from ...agents.host.inspector.accompanying import Accompaniment, accompany

    host = _host(options, prepared.config)
    recording = _begin(options, host, file)
    if options.live:
        announce(prepared.launched, port=options.port, opening=options.open)
    progress = Progress(lambda: recording.tally)
    beside = Accompaniment(
        host=host,
        live=options.live,
        on_tick=progress.tick,
        on_end=partial(_finish, options, host, recording, progress),
        leave=partial(_leave, prepared),
    )
    prepared.surrender()
    status = accompany(prepared.config, _child(options, program, prepared), beside)
    return end_as(status)


def _leave(prepared: Prepared, status: int) -> None:
    prepared.discard()
    os._exit(end_as(status))


def _host(options: RecordOptions, config: HostConfig) -> Host:
    from ...agents.host.host import Host, HostOptions

    host = Host(attrs.evolve(HostOptions.of(config), budget=_budget(options)))
    host.discover()
    return host


def _begin(options: RecordOptions, host: Host, file: PartFile) -> Recording:
    from ...agents.host.har import Creator
    from ...agents.host.recording import HarRecording, TraceRecording

    if options.output.endswith(_TRACE):
        return TraceRecording(host, file, f"tapscope {__version__}", secrets=options.with_secrets)
    creators = (
        Creator(name="tapscope", version=__version__),
        Creator(name="Python", version=platform.python_version()),
    )
    return HarRecording(
        host,
        file,
        creators,
        secrets=options.with_secrets,
        live=options.live,
        budget=_budget(options),
    )


def _budget(options: RecordOptions) -> Budget:
    from ...agents.host.budget import Budget

    return Budget() if options.max_body is None else Budget(body_bytes=options.max_body)


def _child(options: RecordOptions, program: words.Program, prepared: Prepared) -> Child:
    how = [environment.ALONE] if options.no_children else []
    how += native.words(options.native, options.slow_native) + redaction.words(options.redact)
    launched = prepared.launched
    url = launched.websocket_url if options.live else None
    return Child(
        _command(program),
        environment.joining(os.environ, str(launched.link), url, *how),
    )


def _command(program: words.Program) -> list[str]:
    return [sys.executable, *interpreter.options(sys.orig_argv), *program.words]


def _finish(options: RecordOptions, host: Host, recording: Recording, progress: Progress) -> None:
    """Put the file in its place, and say what is in it."""
    progress.end()
    if not host.ever_linked:
        recording.discard()
        say("tapscope: nothing is recorded: the program has not joined")
        return
    from ...agents.host.recording import RecordingError

    try:
        tally = recording.finish()
    except RecordingError as error:
        say(f"tapscope: {error}")
        return
    say(f"tapscope: {options.output} has {tally.counted}")
    if host.programs:
        say("tapscope: what it has started and left behind is not recorded any more")
    for sentence in tally.missing:
        say(f"tapscope: {sentence}")


def _launch_options(options: RecordOptions, program: words.Program) -> LaunchOptions:
    return LaunchOptions(
        host=options.host,
        port=options.port if options.live else 0,
        open_browser=options.open,
        title=program.title,
        url=program.url,
        foreground=True,
        patience=math.inf,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tapscope record",
        usage="tapscope record -o NAME [options] (script.py | -m module | -c code) [argument ...]",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-o", "--output", required=True, metavar="NAME", help="the file to write")
    parser.add_argument(
        "--with-secrets",
        action="store_true",
        help="write cookies and authorization, too",
    )
    parser.add_argument(
        "--live", action="store_true", help="let DevTools attach while the program runs"
    )
    add_address_options(parser)
    parser.add_argument(
        "--no-children",
        action="store_true",
        help="leave alone the Python programs that the program starts, as reloaders do",
    )
    parser.add_argument(
        "--max-body",
        type=size,
        metavar="SIZE",
        help="write so many bytes of one body, the first (default: 5MB)",
    )
    add_native_options(parser)
    add_redaction_options(parser)
    return parser
