"""What a front end is attached to: the processes of a program, and what they did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar, cast

from ..link.messages import Event, Listen, RecordLogged, Released, StackDepth
from .budget import Budget
from .command import CommandError
from .conformance import NotAsDescribed
from .domain import Domain
from .exchange import Exchange, Process
from .feed import Feed
from .guard import Guard
from .notices import Level, Notices
from .recorder import Recorder
from .records import Records
from .sources import Sources
from .wire import encode_event

F = TypeVar("F", bound=Feed)
T = TypeVar("T")

MAX_PROCESSES = 1000
"""How many processes are listed; the oldest that have ended are left out."""

EVERY = "*"
RECORDS = "log.record"
"""The channel that programs always tell of: a Console shows what was logged before it came."""


class Target:
    """What domains know of the programs, and how they reach them.

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
        self._depths: dict[object, int] = {}
        self._shared: dict[Callable[[Target], object], object] = {}
        self._feeds: dict[type[Feed], Feed] = {}
        self._hearing: dict[str, list[tuple[str, Feed]]] = {}

    def feed(self, kind: type[F]) -> F:
        """Give the one object of a domain's feed, made the first time."""
        if kind not in self._feeds:
            self._feeds[kind] = kind(self)
        return cast("F", self._feeds[kind])

    def shared(self, kind: Callable[[Target], T]) -> T:
        """Give the one object that *kind* makes of this target, for all who ask."""
        if kind not in self._shared:
            self._shared[kind] = kind(self)
        return cast("T", self._shared[kind])

    def add_domain(self, domain: type[Domain]) -> None:
        """Take one more domain; sessions have it from now on."""
        self.domains[domain.name] = domain
        self.demand_changed()

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
        for name, feed in self._active():
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
        for process in self.processes:
            if process.link is not None:
                process.link.tell(Released())

    def add_process(self, process: Process) -> None:
        """Take a process that has linked."""
        self.processes.append(process)
        if len(self.processes) > MAX_PROCESSES:
            ended = (known for known in self.processes if known.ended)
            self.processes.remove(next(ended, self.processes[0]))
        if process.link is not None:
            process.link.tell(self._listen())
            if self._depths:
                process.link.tell(StackDepth(max(self._depths.values())))
        for name, feed in self._active():
            self.guard.call(name, feed.linked, process)

    def end_process(self, process: Process) -> None:
        """Take note that *process* is gone."""
        process.ended = True
        process.link = None
        for name, feed in self._active():
            self.guard.call(name, feed.ended, process)

    def happened(self, process: Process, event: Event) -> None:
        """Record what a process told, and tell the domains that hear of it."""
        exchange = self.recorder.record(process, event)
        if self.recorder.losses.news:
            self.say("info", self.recorder.losses.tell())
        if exchange is not None:
            for name, feed in self._hear(exchange.lifecycle):
                self.guard.call(name, feed.recorded, exchange, event)

    def logged(self, process: Process, told: RecordLogged) -> None:
        """Keep what a process has logged, and tell the domains that show it."""
        record = self.records.add(process, told)
        for name, feed in self._active():
            self.guard.call(name, feed.logged, record)

    def demand_changed(self) -> None:
        """Take note that domains were enabled, disabled or added."""
        self._hearing.clear()
        for process in self.processes:
            if process.link is not None:
                process.link.tell(self._listen())

    def want_causes(self, session: object, depth: int) -> None:
        """Have programs say of each stack by what its work was started, over *depth* such starts.

        They do so for the session that wants most of them, and not at all when none does.
        """
        before = max(self._depths.values(), default=0)
        self._depths.pop(session, None)
        if depth > 0:
            self._depths[session] = depth
        wanted = max(self._depths.values(), default=0)
        for process in self.processes:
            if wanted != before and process.link is not None:
                process.link.tell(StackDepth(wanted))

    def history(self, lifecycle: str) -> Iterator[Exchange]:
        """Give the exchanges of *lifecycle* that are kept, oldest first."""
        last = 0
        while (exchange := self.recorder.after(last)) is not None:
            last = exchange.sequence
            if exchange.lifecycle == lifecycle:
                yield exchange

    def _active(self) -> list[tuple[str, Feed]]:
        """Give the feeds that any session has enabled, with the names of their domains."""
        return [(feed.domains[0].name, feed) for feed in self._feeds.values() if feed.domains]

    def _hear(self, lifecycle: str) -> list[tuple[str, Feed]]:
        if lifecycle not in self._hearing:
            self._hearing[lifecycle] = [
                (name, feed)
                for name, feed in self._active()
                if not {lifecycle, EVERY}.isdisjoint(self.domains[name].lifecycles)
            ]
        return self._hearing[lifecycle]

    def _listen(self) -> Listen:
        active = {name for name, _ in self._active()}
        anybody = any(EVERY in self.domains[name].lifecycles for name in active)
        wanted = {
            lifecycle
            for name, domain in self.domains.items()
            if not domain.on_demand or anybody or name in active
            for lifecycle in domain.lifecycles
            if lifecycle != EVERY
        }
        return Listen(tuple(sorted({*wanted, RECORDS})))
