"""The Runtime domain, as far as processes and the Console need it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from time import time_ns
from typing import ClassVar, TypeAlias, cast
from weakref import WeakKeyDictionary, WeakSet

from ....link.messages import Event
from ...api.command import command
from ...api.domain import Domain
from ...api.feed import Feed
from ...api.feeds import EVERY
from ...api.rows import ConsoleLine
from ...api.stack_traces import CallFrame, StackTrace
from ...api.target import Target
from ...store.clock import seconds
from ...store.exchange import Exchange
from ...store.notices import Notice
from ...store.process import Process
from ...store.records import Record
from ..debugger import Debugger
from ..log import Log
from .logged import LoggedLines
from .types import (
    ConsoleAPICalled,
    ExceptionThrown,
    ExecutionContextCreated,
    ExecutionContextDescription,
    IsolateId,
    RemoteObject,
)

Said: TypeAlias = tuple[Exchange, list[ConsoleLine]]
"""What the Console shows of the end of an exchange."""

MAX_LINES = 100
"""Of the Console for one event; what a domain says beyond is left out."""


class RuntimeFeed(Feed):
    """Tells the Consoles of processes, of notices, and of what domains show there."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.lines: LoggedLines = LoggedLines(target)
        # What had ended before a front end came, by its place in the history: to be told to it.
        self._past: dict[Domain, frozenset[int]] = {}
        # Those that were here at the last look, and so have asked for Log if they want that.
        self._settled: WeakSet[Domain] = WeakSet()
        # Which front ends have heard what there is to say of an exchange that goes on.
        self._pointed: WeakKeyDictionary[Exchange, WeakSet[Domain]] = WeakKeyDictionary()

    def add(self, domain: Domain) -> None:
        """Take a front end, which is told a little later what the Console has missed."""
        super().add(domain)
        self._past[domain] = frozenset(
            each.sequence for each in self.target.history() if each.end is not None
        )

    def remove(self, domain: Domain) -> None:
        """Let go of one."""
        self._past.pop(domain, None)
        self._settled.discard(domain)
        super().remove(domain)

    def linked(self, process: Process) -> None:
        """Tell of a new process."""
        self.send(_context(self.target, process))

    def noticed(self, notice: Notice) -> None:
        """Show *notice*."""
        self.send(_line(notice))

    def logged(self, record: Record) -> None:
        """Show what a program has logged."""
        event = self.lines.of(record)
        for domain in self.domains:
            _show(domain, record, event)

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Show what the exchange's domain has to say of *event*."""
        for line in self._lines_of(exchange, event):
            self._show(self.domains, exchange, event.at, line)

    def _lines_of(self, exchange: Exchange, event: Event) -> list[ConsoleLine]:
        owner = self.target.owner(exchange.lifecycle)
        if owner is None or not _says(owner, "console"):
            return []
        return self.target.guard.call(owner.name, _lines, owner.console, exchange, event) or []

    def look(self) -> None:
        """Show what front ends have missed, and what there is to say of exchanges that go on."""
        settled = [domain for domain in self.domains if domain in self._settled]
        self._settled.update(self.domains)
        for domain in settled:
            if past := self._past.pop(domain, None):
                domain.session.domain(Runtime).show_past(self._missed(past))
        now = time_ns()
        for exchange in self.target.lasting:
            owner = self.target.owner(exchange.lifecycle)
            if owner is None or not _says(owner, "overdue"):
                continue
            pointed = self._pointed.get(exchange, ())
            untold = [domain for domain in settled if domain not in pointed]
            if untold:
                self._look_at(exchange, owner, untold, now - exchange.process.epoch)

    def _look_at(
        self, exchange: Exchange, owner: type[Domain], untold: list[Domain], now: int
    ) -> None:
        took = (now - exchange.start.at) / 1e9
        lines = self.target.guard.call(owner.name, _lines, owner.overdue, exchange, took)
        for line in lines or ():
            self._show(untold, exchange, now, line)
            self._pointed.setdefault(exchange, WeakSet()).update(untold)

    def _missed(self, past: frozenset[int]) -> Iterator[Said]:
        for exchange in self.target.history():
            if exchange.end is not None and exchange.sequence in past:
                yield exchange, self._lines_of(exchange, exchange.end)

    @staticmethod
    def _show(domains: Iterable[Domain], exchange: Exchange, at: int, line: ConsoleLine) -> None:
        for domain in domains:
            domain.session.domain(Runtime).show(exchange, at, line)


class Runtime(Domain):
    """The processes, as execution contexts, and what the Console shows."""

    name = "Runtime"
    version = "1.3"
    events: ClassVar[tuple[type, ...]] = (
        ExecutionContextCreated,
        ConsoleAPICalled,
        ExceptionThrown,
    )
    types: ClassVar[tuple[type, ...]] = (CallFrame, StackTrace)
    lifecycles: ClassVar[tuple[str, ...]] = (EVERY,)
    lossless = True
    feed: ClassVar[type[Feed]] = RuntimeFeed

    @command
    def enable(self) -> None:
        """Tell of processes, of notices and of what was logged, past and to come."""
        if self.enabled:
            return
        super().enable()
        for process in self.target.processes:
            self.send(_context(self.target, process))
        for notice in self.target.notices:
            self.send(_line(notice))
        for record in self.target.records:
            _show(self, record, self.target.feed(RuntimeFeed).lines.of(record))

    @command
    def get_isolate_id(self) -> IsolateId:
        """Give what groups targets of one process."""
        return IsolateId(id=self.target.id)

    @command
    def set_async_call_stack_depth(self, max_depth: int) -> None:
        """Have stacks say by what their work was started: a task, a thread; 0 ends it."""
        self.target.want_causes(self.session, max_depth)

    @command
    def run_if_waiting_for_debugger(self) -> None:
        """Let the programs go on that wait for a front end."""
        self.target.release()

    def show(self, exchange: Exchange, at: int, line: ConsoleLine) -> None:
        """Show *line*, said of *exchange*, in the Console of this front end.

        Where that has Log enabled, it is shown there: with a link to the row.

        Args:
            at: When that was, in the process's monotonic nanoseconds.
        """
        self.session.domain(Debugger).announce(exchange)
        shows = self._shows()
        shows.send(shows.event_of(exchange, at, line))

    def show_past(self, said: Iterator[Said]) -> None:
        """Show what is *said* of exchanges that have ended, as the front end takes it."""
        shows = self._shows()
        shows.replay(self._past_events(shows, said))

    def _shows(self) -> Log | Runtime:
        log = self.session.domain(Log)
        return log if log.enabled else self

    def _past_events(self, shows: Log | Runtime, said: Iterator[Said]) -> Iterator[list[object]]:
        for exchange, lines in said:
            if lines and exchange.end is not None:
                self.session.domain(Debugger).announce(exchange)
                at = exchange.end.at
                yield [shows.event_of(exchange, at, line) for line in lines]

    def event_of(self, exchange: Exchange, at: int, line: ConsoleLine) -> ConsoleAPICalled:
        """Give what shows *line* without a link to the row of *exchange*."""
        return ConsoleAPICalled(
            type=line.level,
            args=[RemoteObject(type="string", value=line.text)],
            execution_context_id=exchange.process.number,
            timestamp=seconds(exchange.process, at) * 1000,
            stack_trace=self.target.stack_trace(exchange),
        )


def _says(domain: type[Domain], hook: str) -> bool:
    """Whether *domain* has a *hook* of its own."""
    own: object = getattr(domain, hook)
    # A static method is a function as it is.
    return getattr(own, "__func__", own) is not getattr(Domain, hook).__func__


def _lines(hook: Callable[..., Iterable[ConsoleLine]], *arguments: object) -> list[ConsoleLine]:
    lines: list[object] = list(islice(hook(*arguments), MAX_LINES))
    for line in lines:
        if not isinstance(line, ConsoleLine):
            raise TypeError(f"{hook.__name__}() gave {line!r:.100}, which is no ConsoleLine")
    return cast("list[ConsoleLine]", lines)


def _show(domain: Domain, record: Record, event: ConsoleAPICalled | ExceptionThrown) -> None:
    domain.session.domain(Debugger).announce(record)
    domain.send(event)


def _context(target: Target, process: Process) -> ExecutionContextCreated:
    context = ExecutionContextDescription(
        id=process.number,
        origin="",
        name=f"python[{process.pid}]",
        unique_id=f"{target.id}.{process.number}",
        aux_data={"isDefault": process.number == 1},
    )
    return ExecutionContextCreated(context=context)


def _line(notice: Notice) -> ConsoleAPICalled:
    return ConsoleAPICalled(
        type=notice.level,
        args=[RemoteObject(type="string", value=f"tapscope: {notice.text}")],
        execution_context_id=notice.process,
        timestamp=notice.at * 1000,
    )
