"""The host without its sockets: programs come in on one side, front ends on the other."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ..link.messages import Limits, Register, Told
from .api.domain import Domain
from .api.target import Target
from .config import HostConfig
from .domains.database import Database
from .domains.debugger import Debugger
from .domains.io import IO
from .domains.log import Log
from .domains.native import Native
from .domains.network import Network
from .domains.python_network import PythonNetwork
from .domains.runtime import Runtime
from .domains.schema import Schema
from .peer import LinkedPeer
from .registration.description import describe
from .registration.loading import RegistrationError, discover, is_new, load
from .session.runner import Runner
from .session.session import HostSession
from .store.budget import Budget
from .store.process import Process

DOMAINS: tuple[type[Domain], ...] = (
    Network,
    Runtime,
    Log,
    Debugger,
    IO,
    Schema,
    Database,
    Native,
    PythonNetwork,
)

BUILT_IN: frozenset[str] = frozenset(domain.name for domain in DOMAINS)
"""The names that no other domain can have."""


@attrs.frozen(kw_only=True)
class HostOptions:
    """What a host is told at its start.

    Attributes:
        id: What its target is called; whoever knows it may connect.
        token: What a program has to say first.
        title: What lists of targets show until a program has linked.
        url: The ``file:`` URL of the program's script, or empty.
        budget: How much it keeps, as long as nobody says otherwise.
        limits: What its starter has said; no program changes that.
    """

    id: str
    token: str = attrs.field(repr=False)
    title: str = "python"
    url: str = ""
    budget: Budget = attrs.field(factory=Budget)
    limits: Limits = attrs.field(factory=Limits)

    @classmethod
    def of(cls, config: HostConfig) -> HostOptions:
        """Take them from what a starter has told."""
        return cls(
            id=config.inspector_id,
            token=config.link_token,
            title=config.title,
            url=config.url,
            budget=Budget(spill_bytes=config.spill),
            limits=Limits(config.max_total, config.max_body, config.max_exchanges),
        )


@attrs.frozen
class TargetInfo:
    """A target, as lists of targets show it."""

    id: str
    title: str
    url: str
    type: str = "node"


class Host:
    """Records what linked programs tell, and serves it to the sessions of front ends.

    Not thread-safe: one thread, or one lock, calls it and all it gives.

    Attributes:
        on_change: Called when programs, keepers or sessions have come or gone.
        ever_linked: Whether any program has been linked.
        expected: How many more have been announced by those that started them.
        target: What the front ends are attached to: all the programs together.
    """

    def __init__(self, options: HostOptions) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.ever_linked: bool = False
        self.expected: int = 0
        self.target: Target = Target(options.id, options.budget.limited(options.limits), DOMAINS)
        self._options = options
        self._failures: list[str] = []
        self._peers: list[LinkedPeer] = []
        self._sessions: list[HostSession] = []
        self._onlookers: set[HostSession] = set()

    @property
    def programs(self) -> int:
        """How many programs are linked now."""
        return sum(peer.process is not None for peer in self._peers)

    @property
    def keepers(self) -> int:
        """How many are linked now only to keep the host alive."""
        return sum(peer.keeper for peer in self._peers)

    @property
    def sessions(self) -> int:
        """How many front ends are attached now, but for onlookers."""
        return len(self._sessions) - len(self._onlookers)

    def link(self, send: Callable[[bytes], None]) -> LinkedPeer:
        """Take a new connection on the link; *send* writes to it, without blocking."""
        peer = LinkedPeer(self, self._options.token, send)
        self._peers.append(peer)
        return peer

    def connect(
        self, wake: Callable[[], None], runner: Runner | None = None, *, onlooker: bool = False
    ) -> HostSession:
        """Take a new front end.

        Args:
            wake: Called when there is something for it to take.
            runner: Runs its async commands; without one they are refused.
            onlooker: It is no reason for this host to stay.
        """
        session = HostSession(self.target, wake, self.disconnect, runner)
        self._sessions.append(session)
        if onlooker:
            self._onlookers.add(session)
        self.on_change()
        return session

    def look(self) -> None:
        """Look for what nobody tells: of programs that can't, and what time has done.

        To be called a few times a second.
        """
        for peer in tuple(self._peers):
            peer.look()
        self.target.look()

    def targets(self) -> list[TargetInfo]:
        """List what front ends can attach to: one target for all linked processes."""
        return [TargetInfo(self.target.id, self._options.title, self._options.url)]

    def protocol(self) -> bytes:
        """Give the description of all domains, as ``/json/protocol`` has it."""
        return describe(self.target.domains.values())

    def disconnect(self, session: HostSession) -> None:
        """Forget a session that has left."""
        if session in self._sessions:
            self._sessions.remove(session)
            self._onlookers.discard(session)
            if self.ever_linked and not self._sessions:
                self.target.released = False
            self.on_change()

    def next_number(self) -> int:
        """Give the number of the next program that links."""
        processes = self.target.processes
        return processes[-1].number + 1 if processes else 1

    def add_process(self, process: Process) -> None:
        """Take a program that has said hello."""
        self.ever_linked = True
        self.expected = max(0, self.expected - 1)
        self.target.add_process(process)
        for failure in self._failures:
            self._tell(process, failure)
        self.on_change()

    def expect(self) -> None:
        """Take note that one more program is about to link."""
        self.expected += 1

    def discover(self) -> None:
        """Take the domains of all installed distributions; what fails is told and left out."""
        for found in discover(self.target.domains, BUILT_IN):
            if found.domain is None:
                text = f"the domain {found.name} of {found.package} is left out: {found.failure}"
                self._failed(text)
            else:
                self.target.add_domain(found.domain)

    def add_domain(self, domain: type[Domain]) -> None:
        """Take one more domain, which was checked; a second call does nothing.

        Raises:
            RegistrationError: Its name is taken.
        """
        if is_new(domain, self.target.domains, BUILT_IN):
            self.target.add_domain(domain)

    def register(self, process: Process, wanted: Register) -> None:
        """Take a domain that a program brings; what is wrong with it is told there."""
        try:
            self.add_domain(load(wanted))
        except RegistrationError as error:
            self._tell(process, str(error))
            self.target.say("warning", str(error), process.number)

    def limit(self, limits: Limits) -> None:
        """Keep what a program wants to be kept at most, unless the host's starter has said that."""
        budget = self._options.budget.limited(limits).limited(self._options.limits)
        self.target.recorder.limit(budget)

    def remove_peer(self, peer: LinkedPeer) -> None:
        """Forget a connection on the link that is closed."""
        if peer in self._peers:
            self._peers.remove(peer)
            self.on_change()

    def _failed(self, text: str) -> None:
        """Tell what went wrong in every Console and to every program, also to those to come."""
        self._failures.append(text)
        self.target.say("warning", text)
        for process in self.target.processes:
            self._tell(process, text)

    @staticmethod
    def _tell(process: Process, text: str) -> None:
        if process.link is not None:
            process.link.tell(Told(text))
