"""What a front end is attached to: the processes of a program, and what they did."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar, cast

from ...link.messages import Event, Message, RecordLogged, Released, StackDepth
from ..protocol.conformance import NotAsDescribed
from ..protocol.errors import CommandError
from ..protocol.wire import encode_event
from ..store.budget import Budget
from ..store.exchange import Exchange
from ..store.notices import Level, Notices
from ..store.process import Process
from ..store.recorder import Recorder
from ..store.records import Record, Records
from ..store.sources import Sources
from .domain import Domain
from .feed import Feed
from .feeds import EVERY, Feeds
from .guard import Guard
from .stack_traces import StackTrace, StackTraces

F = TypeVar("F", bound=Feed)
T = TypeVar("T")

_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")

MAX_PROCESSES = 1000
"""How many processes are listed; the oldest that have ended are left out."""


class Target:
    """What domains know of the programs, and how they reach them.

    The recorder, and what is set or told here from outside, is the host's own; domains
    ask the methods.

    Attributes:
        id: Unguessable; whoever knows it may attach.
        domains: All there are, by name.
        processes: Those that are or were linked, in that order.
        recorder: What they did.
        sources: The files that occur in stacks.
        notices: What tapscope itself has to say.
        records: What the programs logged.
        guard: What keeps a domain that fails from harming others.
        released: Whether a program that links now need not wait for a front end.
        lasting: The exchanges that had not ended at the last two looks.  Of those that have not
            ended at one, the end may be on its way: the host can be behind the programs.
        on_end: Called with each exchange that has ended, before any domain hears of it.
        on_domain: Called with each domain that is added.
    """

    def __init__(self, id: str, budget: Budget, domains: Iterable[type[Domain]]) -> None:  # noqa: A002
        self.id: str = id
        self.domains: dict[str, type[Domain]] = {domain.name: domain for domain in domains}
        self.processes: list[Process] = []
        self.recorder: Recorder = Recorder(budget)
        self.sources: Sources = Sources()
        self.notices: Notices = Notices()
        self.records: Records = Records()
        self.guard: Guard = Guard(lambda text: self.say("warning", text))
        self.released: bool = False
        self.lasting: list[Exchange] = []
        self._unfinished: set[int] = set()
        self.on_end: list[Callable[[Exchange], object]] = []
        self.on_domain: list[Callable[[type[Domain]], object]] = []
        self._stack_traces = StackTraces(self.sources)
        self._depths: dict[object, int] = {}
        self._shared: dict[Callable[[Target], object], object] = {}
        self._feeds = Feeds(self, self.domains)

    def feed(self, kind: type[F]) -> F:
        """Give the one object of a domain's feed, made the first time."""
        return self._feeds.of(kind)

    def shared(self, kind: Callable[[Target], T]) -> T:
        """Give the one object that *kind* makes of this target, for all who ask."""
        if kind not in self._shared:
            self._shared[kind] = kind(self)
        return cast("T", self._shared[kind])

    def add_domain(self, domain: type[Domain]) -> None:
        """Take one more domain; sessions have it from now on."""
        self.domains[domain.name] = domain
        self.demand_changed()
        for hear in self.on_domain:
            hear(domain)

    def owner(self, lifecycle: str) -> type[Domain] | None:
        """Give the domain that says how exchanges of *lifecycle* are shown."""
        owners = (domain for domain in self.domains.values() if lifecycle in domain.lifecycles)
        return next(owners, None)

    def running(self) -> Process:
        """Give the first process that has not ended.

        Raises:
            CommandError: There is none.
        """
        for process in self.processes:
            if not process.ended:
                return process
        raise CommandError("no program is running any more")

    def process(self, number: int) -> Process:
        """Give a process by its number.

        Raises:
            CommandError: There is none of that number, or not any more.
        """
        for process in self.processes:
            if process.number == number:
                return process
        raise CommandError(f"there is no process {number}")

    def say(self, level: Level, text: str, process: int = 0) -> None:
        """Show a line in every Console, and in those that come later."""
        notice = self.notices.add(level, text, process)
        if notice is None:
            return
        for name, feed in self._feeds.active():
            self.guard.call(name, feed.noticed, notice)

    def encode(self, domain: str, event: object) -> bytes | None:
        """Give the message that tells *event*; ``None`` if it is not as its class says.

        That is looked at in debug mode, and told in the Console.
        """
        try:
            return encode_event(domain, event)
        except NotAsDescribed as error:
            self.say("warning", f"an event was not sent: {error}")
            return None

    def release(self) -> None:
        """Let the programs go on that wait for a front end, and those that link while it stays."""
        # A quick front end is here before the program that is started beside this host.
        self.released = True
        self._tell(Released())

    def add_process(self, process: Process) -> None:
        """Take a process that has linked."""
        self.processes.append(process)
        if len(self.processes) > MAX_PROCESSES:
            ended = (known for known in self.processes if known.ended)
            self.processes.remove(next(ended, self.processes[0]))
        if process.link is not None:
            process.link.tell(self._feeds.wanted())
            if self._depths:
                process.link.tell(StackDepth(max(self._depths.values())))
        for name, feed in self._feeds.active():
            self.guard.call(name, feed.linked, process)

    def end_process(self, process: Process) -> None:
        """Take note that *process* is gone."""
        process.ended = True
        process.link = None
        for name, feed in self._feeds.active():
            self.guard.call(name, feed.ended, process)

    def happened(self, process: Process, event: Event) -> None:
        """Record what a process told, and tell the domains that hear of it."""
        exchange = self.recorder.record(process, event)
        if self.recorder.losses.news:
            self.say("info", self.recorder.losses.tell())
        if exchange is not None:
            if exchange.end is event:
                for hear in self.on_end:
                    hear(exchange)
            for name, feed in self._feeds.hearing(exchange.lifecycle):
                self.guard.call(name, feed.recorded, exchange, event)

    def look(self) -> None:
        """Have domains look what time has done; to be called a few times a second."""
        unfinished = self.recorder.unfinished()
        self.lasting = [each for each in unfinished if each.sequence in self._unfinished]
        self._unfinished = {each.sequence for each in unfinished}
        for name, feed in self._feeds.active():
            if type(feed).look is not Feed.look:
                self.guard.call(name, feed.look)

    def logged(self, process: Process, told: RecordLogged) -> None:
        """Keep what a process has logged, and tell the domains that show it."""
        record = self.records.add(process, told)
        for name, feed in self._feeds.active():
            self.guard.call(name, feed.logged, record)

    def demand_changed(self) -> None:
        """Take note that domains were enabled, disabled or added."""
        self._feeds.changed()
        self._tell(self._feeds.wanted())

    def want_causes(self, session: object, depth: int) -> None:
        """Have programs say of each stack by what its work was started, over *depth* such starts.

        They do so for the session that wants most of them, and not at all when none does.
        """
        before = max(self._depths.values(), default=0)
        self._depths.pop(session, None)
        if depth > 0:
            self._depths[session] = depth
        wanted = max(self._depths.values(), default=0)
        if wanted != before:
            self._tell(StackDepth(wanted))

    def history(self, lifecycle: str = EVERY, after: int = 0) -> Iterator[Exchange]:
        """Give the exchanges of *lifecycle* that are kept, oldest first, also those yet to come.

        Args:
            lifecycle: Its name; by default all are given.
            after: The ``sequence`` of one: only those that were recorded later.
        """
        while (exchange := self.recorder.after(after)) is not None:
            after = exchange.sequence
            if lifecycle in (EVERY, exchange.lifecycle):
                yield exchange

    def unfinished(self) -> list[Exchange]:
        """Give the exchanges that have not ended, oldest first."""
        return self.recorder.unfinished()

    def exchange(self, id: str) -> Exchange | None:  # noqa: A002  # the field's word
        """Give the exchange that front ends know by this *id*; ``None`` if it is not kept.

        Of a chain of redirects, which share their id, that is the last.
        """
        if not _ID.fullmatch(id):
            return None
        process, _, first = id.partition(".")
        return self.recorder.newest(int(process), int(first))

    def parent(self, told: Exchange | Record) -> Exchange | None:
        """Give the exchange that caused another, or in which a record was logged, if it is kept."""
        parent = told.start.parent if isinstance(told, Exchange) else told.told.parent
        return None if parent is None else self.recorder.find(told.process.number, parent)

    def children(self, exchange: Exchange) -> list[Exchange]:
        """Give what *exchange* has caused and is kept; of a chain of redirects only the first."""
        process = exchange.process.number
        found = (self.recorder.find(process, number) for number in exchange.children)
        return [child for child in found if child is not None and child.redirected is None]

    def stack_trace(self, told: Exchange | Record) -> StackTrace | None:
        """Give where the program began an exchange, or logged a record, as CDP has it.

        ``None`` if there are no frames.  DevTools links the frames to their sources if it was
        told of these before: see ``Debugger.announce``.
        """
        return self._stack_traces.of(told.process, told.stack)

    def _tell(self, message: Message) -> None:
        """Send *message* to all programs that are linked."""
        for process in self.processes:
            if process.link is not None:
                process.link.tell(message)
