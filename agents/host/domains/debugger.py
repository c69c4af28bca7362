"""The Debugger domain, as far as showing sources needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs

from ...link.messages import MAX_STACKS
from ..domain import CommandError, Domain, command, encode_event
from ..recorder import Exchange
from ..sources import Script, digest, source_map

if TYPE_CHECKING:
    from ..session import Session


@attrs.frozen(kw_only=True)
class ScriptParsed:
    """A file occurs in a stack."""

    script_id: str
    url: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    execution_context_id: int
    hash: str
    build_id: str
    source_map_url: str
    length: int


@attrs.frozen(kw_only=True)
class DebuggerId:
    """What tells this debugger from those of other targets."""

    debugger_id: str


@attrs.frozen(kw_only=True)
class ScriptSource:
    """A script's text."""

    script_source: str


class Debugger(Domain):
    """The files that occur in stacks; nothing can be stopped or stepped."""

    name = "Debugger"
    events: ClassVar[tuple[type, ...]] = (ScriptParsed,)

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enabled = False
        self._announced: set[str] = set()
        self._stacks: set[tuple[int, int]] = set()

    @command
    def enable(self) -> DebuggerId:
        """Tell of each file before a stack mentions it, and now of those so far."""
        self._enabled = True
        for script in self._session.host.sources.all():
            self._announce(script)
        return DebuggerId(debugger_id=self._session.host.id)

    @command
    def disable(self) -> None:
        """Tell of no more files."""
        self._enabled = False
        self._announced.clear()
        self._stacks.clear()

    @command
    def get_script_source(self, script_id: str) -> ScriptSource:
        """Give the text of a file that was told of."""
        script = self._session.host.sources.find(script_id)
        if script is None:
            raise CommandError(f"no script {script_id!r} has occurred in a stack")
        # DevTools parses the text as JavaScript, and where that succeeds it
        # drops our function names for those it found.  A lone # never parses.
        return ScriptSource(script_source=f"{script.text()}\n#")

    def announce_stack(self, exchange: Exchange) -> None:
        """Tell of the files in the stack of *exchange* that were not told of yet."""
        key = (exchange.process.number, exchange.start.stack)
        if not self._enabled or key in self._stacks:
            return
        if len(self._stacks) >= MAX_STACKS:
            self._stacks.clear()
        self._stacks.add(key)
        for frame in exchange.stack:
            self._announce(self._session.host.sources.of(exchange.process, frame))

    def _announce(self, script: Script) -> None:
        if script.id in self._announced:
            return
        self._announced.add(script.id)
        text = script.text()
        event = ScriptParsed(
            script_id=script.id,
            # Empty, or DevTools lists the file twice: as this script and as its source.
            url="",
            start_line=0,
            start_column=0,
            end_line=text.count("\n") + 1,
            end_column=0,
            execution_context_id=script.process.number,
            hash=digest(text),
            build_id="",
            source_map_url=source_map(script, text),
            length=len(text),
        )
        self._session.send(encode_event(Debugger, event))
