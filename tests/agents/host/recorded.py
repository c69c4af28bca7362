"""Recordings of hosts without processes and without sockets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs

from tapscope.agents.host.har import Creator
from tapscope.agents.host.host import Host
from tapscope.agents.host.recording import HarRecording, PartFile, Tally, TraceRecording
from tapscope.agents.host.session.runner import Runner
from tapscope.agents.host.store.budget import Budget
from tests.agents.host.programs import FakeProgram, make_host

Json = dict[str, Any]

CREATORS = Creator(name="tapscope", version="1"), Creator(name="Python", version="3")


@attrs.define(eq=False)
class RecordedHar:
    """A host whose exchanges go to a HAR file in *folder*."""

    folder: Path
    secrets: bool = True
    live: bool = False
    budget: Budget = attrs.field(factory=Budget)
    host: Host = attrs.field(init=False)
    recording: HarRecording = attrs.field(init=False)
    program: FakeProgram = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.host = make_host(self.budget)
        self.recording = HarRecording(
            self.host,
            PartFile.begin(str(self.path)),
            CREATORS,
            secrets=self.secrets,
            live=self.live,
        )
        self.program = FakeProgram(self.host)

    @property
    def path(self) -> Path:
        return self.folder / "out.har"

    @property
    def part(self) -> Path:
        """What the file is while it is written."""
        (found,) = self.folder.glob("*.part")
        return found

    def finish(self) -> Tally:
        """End the program and the recording."""
        self.program.end()
        return self.recording.finish()

    def log(self) -> Json:
        """End the program and the recording; give what the file has."""
        self.finish()
        told: Json = json.loads(self.path.read_bytes())["log"]
        return told

    def entries(self) -> list[Json]:
        """End the program and the recording; give the entries."""
        entries: list[Json] = self.log()["entries"]
        return entries

    def entry(self) -> Json:
        """End the program and the recording; give the one entry."""
        (entry,) = self.entries()
        return entry


@attrs.define(eq=False)
class RecordedTrace:
    """A host whose messages go to a trace in *folder*."""

    folder: Path
    secrets: bool = True
    host: Host = attrs.field(factory=make_host)
    runner: Runner | None = None
    recording: TraceRecording = attrs.field(init=False)
    program: FakeProgram = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        file = PartFile.begin(str(self.path))
        self.recording = TraceRecording(
            self.host, file, "tapscope 1", secrets=self.secrets, runner=self.runner
        )
        self.program = FakeProgram(self.host)

    @property
    def path(self) -> Path:
        return self.folder / "out.jsonl"

    def finish(self) -> Tally:
        """End the program and the recording."""
        self.program.end()
        return self.recording.finish()

    def lines(self) -> list[Json]:
        """End the program and the recording; give what the file has."""
        self.finish()
        return [json.loads(line) for line in self.path.read_bytes().splitlines()]
