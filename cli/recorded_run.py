"""A program that runs beside its recorder, in the process that has started it."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import attrs

from tapscope import __version__

from ..agents.launch import LaunchError, LaunchOptions, Prepared, prepare
from ..agents.link.messages import Limits
from . import environment, interpreter, native, redaction, words
from .address import announce
from .child import Child, end_as
from .progress import Progress
from .redaction_rules import Redaction
from .terminal import say

if TYPE_CHECKING:
    from ..agents.host.config import HostConfig
    from ..agents.host.host import Host
    from ..agents.host.recording import PartFile, Recording
    from ..agents.host.session.runner import Runner

HAR, TRACE = ".har", ".jsonl"
"""How the names of the two kinds of files end."""
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
    native: Sequence[native.Watch]
    slow_native: float | None
    redact: Sequence[Redaction]
    max_total: int | None
    max_body: int | None
    max_exchanges: int | None
    spill: int


def record(options: RecordOptions, program: words.Program) -> int:
    """Run *program* and record it; give its exit code."""
    if sys.flags.ignore_environment or sys.flags.no_site:
        say("tapscope: python's options -E, -I and -S keep programs from being recorded")
        return _USAGE
    if program.missing:
        # Python says so, and an older recording stays.
        return end_as(Child(_command(program), environment.alone(os.environ)).run())
    # Not at the top: it brings trio with it, which the help above can do without.
    from ..agents.host.recording import PartFile, RecordingError

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
    from ..agents.host.inspector.accompanying import Accompaniment, accompany
    from ..agents.host.session.runner import LaterRunner

    host = _host(prepared.config)
    runner = LaterRunner()
    recording = _begin(options, host, file, runner)
    if options.live:
        announce(prepared.launched, port=options.port, opening=options.open)
    progress = Progress(lambda: recording.tally)
    beside = Accompaniment(
        host=host,
        live=options.live,
        on_begin=runner.begin,
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


def _host(config: HostConfig) -> Host:
    from ..agents.host.host import Host, HostOptions

    host = Host(HostOptions.of(config))
    host.discover()
    return host


def _begin(options: RecordOptions, host: Host, file: PartFile, runner: Runner) -> Recording:
    from ..agents.host.har import Creator
    from ..agents.host.recording import HarRecording, TraceRecording

    if options.output.endswith(TRACE):
        creator = f"tapscope {__version__}"
        return TraceRecording(host, file, creator, secrets=options.with_secrets, runner=runner)
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
    )


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
    from ..agents.host.recording import RecordingError

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
        limits=Limits(options.max_total, options.max_body, options.max_exchanges),
        spill=options.spill,
    )
