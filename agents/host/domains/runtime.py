"""The Runtime domain, as far as processes and the Console need it."""

from __future__ import annotations

from itertools import islice
from typing import ClassVar, cast

from ...link.messages import Event
from ..clock import seconds
from ..command import command
from ..domain import Domain
from ..exchange import Exchange, Process
from ..feed import Feed
from ..notices import Notice
from ..records import Record
from ..rows import ConsoleLine
from ..target import EVERY, Target
from .debugger import Debugger
from .log import Log, entry_added
from .logged import LoggedLines
from .runtime_types import (
    CallFrame,
    ConsoleAPICalled,
    ExceptionThrown,
    ExecutionContextCreated,
    ExecutionContextDescription,
    IsolateId,
    RemoteObject,
    StackTrace,
)
from .stack_traces import StackTraces

MAX_LINES = 100
"""Of the Console for one event; what a domain says beyond is left out."""


class RuntimeFeed(Feed):
    """Tells the Consoles of processes, of notices, and of what domains show there."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._stack_traces = target.shared(StackTraces)
        self.lines: LoggedLines = LoggedLines(target)

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
        owner = self.target.owner(exchange.lifecycle)
        if owner is None:
            return
        for line in self.target.guard.call(owner.name, _lines, owner, exchange, event) or ():
            entry = entry_added(exchange, event, line, self._stack_traces.of(exchange))
            called = self._told(exchange, event, line)
            for domain in self.domains:
                domain.session.domain(Debugger).announce_stack(exchange.process, exchange.stack)
                log = domain.session.domain(Log)
                if log.enabled:
                    log.send(entry)
                else:
                    domain.send(called)

    def _told(self, exchange: Exchange, event: Event, line: ConsoleLine) -> ConsoleAPICalled:
        return ConsoleAPICalled(
            type=line.level,
            args=[RemoteObject(type="string", value=line.text)],
            execution_context_id=exchange.process.number,
            timestamp=seconds(exchange.process, event.at) * 1000,
            stack_trace=self._stack_traces.of(exchange),
        )


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


def _lines(owner: type[Domain], exchange: Exchange, event: Event) -> list[ConsoleLine]:
    lines: list[object] = list(islice(owner.console(exchange, event), MAX_LINES))
    for line in lines:
        if not isinstance(line, ConsoleLine):
            raise TypeError(f"console() gave {line!r:.100}, which is no ConsoleLine")
    return cast("list[ConsoleLine]", lines)


def _show(domain: Domain, record: Record, event: ConsoleAPICalled | ExceptionThrown) -> None:
    domain.session.domain(Debugger).announce_stack(record.process, record.stack)
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
