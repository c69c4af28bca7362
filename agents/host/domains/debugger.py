"""The Debugger domain, as far as showing sources needs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import attrs

from ..api.command import command
from ..api.domain import Domain
from ..protocol.errors import INVALID_PARAMS, CommandError
from ..store.exchange import Exchange
from ..store.process import CausedStack
from ..store.records import Record
from ..store.sources import Script

if TYPE_CHECKING:
    from ..api.session import Session

_UNKNOWN_END = 2**31 - 1
MAX_REMEMBERED = 4096
"""How many stacks are known to have been told; from then on they are looked at anew."""


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


@attrs.frozen(kw_only=True)
class DebuggerId:
    """What tells this debugger from those of other targets."""

    debugger_id: str


@attrs.frozen(kw_only=True)
class ScriptSource:
    """A script's text."""

    script_source: str


@attrs.frozen(kw_only=True)
class SearchMatch:
    """A line of a text in which something was found; *line_number* counts from 0."""

    line_number: float
    line_content: str


@attrs.frozen
class Resource:
    """What a front end loads through its target: *data* in UTF-8."""

    data: bytes
    content_type: str


class Debugger(Domain):
    """The files that occur in stacks; nothing can be stopped or stepped."""

    name = "Debugger"
    version = "1.3"
    events: ClassVar[tuple[type, ...]] = (ScriptParsed,)
    types: ClassVar[tuple[type, ...]] = (SearchMatch,)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._announced: set[str] = set()
        self._stacks: set[tuple[int, int]] = set()
        self._folded: list[re.Pattern[str]] = []
        self._fold_anonymous = False

    @command
    def enable(self) -> DebuggerId:
        """Tell of each file before a stack mentions it, and now of those so far."""
        super().enable()
        for script in self.target.sources.all():
            self._announce(script)
        return DebuggerId(debugger_id=self.target.id)

    @command
    def disable(self) -> None:
        """Tell of no more files."""
        super().disable()
        self.target.want_causes(self.session, 0)
        self._announced.clear()
        self._stacks.clear()

    @command
    def set_async_call_stack_depth(self, max_depth: int) -> None:
        """Have stacks say by what their work was started: a task, a thread; 0 ends it."""
        self.target.want_causes(self.session, max_depth)

    @command
    def set_blackbox_patterns(
        self,
        patterns: list[str],
        skip_anonymous: bool | None = None,  # noqa: FBT001
    ) -> None:
        """Have the files whose path or URL has one of *patterns* folded like those of libraries.

        Args:
            patterns: Regular expressions; those before are forgotten.
            skip_anonymous: Whether to fold what is in no file, too.
        """
        try:
            self._folded = [re.compile(pattern) for pattern in patterns]
        except re.error as error:
            raise CommandError(
                f"{error.pattern!r:.200} is no regular expression: {error}", INVALID_PARAMS
            ) from error
        self._fold_anonymous = bool(skip_anonymous)

    @command
    def set_blackbox_execution_contexts(self, unique_ids: list[str]) -> None:
        """Do nothing: contexts are processes, and a process is never folded as a whole."""
        del unique_ids

    @command
    def get_script_source(self, script_id: str) -> ScriptSource:
        """Give the text of a file that was told of."""
        script = self.target.sources.find(script_id)
        if script is None:
            raise CommandError(f"no script {script_id!r} has occurred in a stack")
        # DevTools parses the text as JavaScript, and where that succeeds it
        # drops our function names for those it found.  A lone # never parses.
        return ScriptSource(script_source=f"{script.text()}\n#")

    def resource(self, url: str) -> Resource | None:
        """Give what is at *url*: a file that has occurred in a stack, or its source map."""
        sources = self.target.sources
        if (script := sources.mapped_at(url)) is not None:
            made = script.source_map(folded=self._is_folded(script))
            return Resource(made, "application/json")
        script = sources.at(url)
        if script is None:
            return None
        return Resource(script.text().encode(), "text/x-python; charset=utf-8")

    def announce(self, told: Exchange | Record) -> None:
        """Tell of the files in the stack of *told*, and in those that caused it, but once.

        Whoever mentions the stack calls this before, so that DevTools can link it.
        """
        process = told.process
        part: CausedStack | None = told.stack
        while (
            part is not None and self.enabled and (process.number, part.number) not in self._stacks
        ):
            if len(self._stacks) >= MAX_REMEMBERED:
                self._stacks.clear()
            self._stacks.add((process.number, part.number))
            for frame in part:
                self._announce(self.target.sources.of(process, frame))
            part = part.cause

    def _announce(self, script: Script) -> None:
        if script.id in self._announced:
            return
        self._announced.add(script.id)
        event = ScriptParsed(
            script_id=script.id,
            # Empty, or DevTools lists the file twice: as this script and as its source.
            url="",
            start_line=0,
            start_column=0,
            # How long it is, and what is in it, shows when somebody asks for it.
            end_line=_UNKNOWN_END,
            end_column=0,
            execution_context_id=script.process.number,
            hash="",
            build_id="",
            source_map_url=script.map_url,
        )
        self.send(event)

    def _is_folded(self, script: Script) -> bool:
        if script.library or (self._fold_anonymous and script.filename.startswith("<")):
            return True
        return any(each.search(script.filename) or each.search(script.url) for each in self._folded)
