"""The host without its sockets: programs come in on one side, front ends on the other."""

from __future__ import annotations

import logging
from collections.abc import Callable

import attrs

from ..link.messages import Event, Released
from .description import describe
from .domain import Domain
from .domains.debugger import Debugger
from .domains.network import Network, NetworkFeed, Translator
from .domains.runtime import Runtime
from .domains.schema import Schema
from .domains.stack_traces import StackTraces
from .notices import Notices
from .peer import LinkedPeer
from .recorder import Budget, Process, Recorder
from .session import Session
from .sources import Sources

_log = logging.getLogger("tapscope")

DOMAINS: tuple[type[Domain], ...] = (Network, Runtime, Debugger, Schema)

MAX_PROCESSES = 1000
"""How many programs the Console lists; the oldest that have ended are left out."""


@attrs.frozen(kw_only=True)
class HostOptions:
    """What a host is told at its start.

    Attributes:
        id: What its target is called; whoever knows it may connect.
        token: What a program has to say first.
        title: What lists of targets show until a program has linked.
        url: The ``file:`` URL of the program's script, or empty.
    """

    id: str
    token: str = attrs.field(repr=False)
    title: str = "python"
    url: str = ""
    budget: Budget = attrs.field(factory=Budget)


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
        released: Whether a program that links now need not wait for a front end.
    """

    def __init__(self, options: HostOptions) -> None:
        self.id: str = options.id
        self.domains = DOMAINS
        self.on_change: Callable[[], None] = lambda: None
        self.ever_linked: bool = False
        self.released: bool = False
        self.processes: list[Process] = []
        self.notices: Notices = Notices()
        self.sources: Sources = Sources()
        self.recorder: Recorder = Recorder(options.budget)
        translator = Translator(StackTraces(self.sources))
        self.network: NetworkFeed = NetworkFeed(self.recorder, translator)
        self._options = options
        self._peers: list[LinkedPeer] = []
        self._sessions: list[Session] = []

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
        """How many front ends are attached now."""
        return len(self._sessions)

    def link(self, send: Callable[[bytes], None]) -> LinkedPeer:
        """Take a new connection on the link; *send* writes to it, without blocking."""
        peer = LinkedPeer(self, self._options.token, send)
        self._peers.append(peer)
        return peer

    def connect(self, wake: Callable[[], None]) -> Session:
        """Take a new front end; *wake* is called when there is something for it to take."""
        session = Session(self, wake)
        self._sessions.append(session)
        self.on_change()
        return session

    def targets(self) -> list[TargetInfo]:
        """List what front ends can attach to: one target for all linked processes."""
        return [TargetInfo(self.id, self._options.title, self._options.url)]

    def protocol(self) -> bytes:
        """Give the description of all domains, as ``/json/protocol`` has it."""
        return describe(self.domains)

    def release(self) -> None:
        """Let the programs go on that wait for a front end, and those that link while it stays."""
        # A quick front end is here before the program that is started beside this host.
        self.released = True
        for peer in self._peers:
            if peer.process is not None:
                peer.tell(Released())

    def disconnect(self, session: Session) -> None:
        """Forget a session that has left."""
        if session in self._sessions:
            self._sessions.remove(session)
            if self.ever_linked and not self._sessions:
                self.released = False
            self.on_change()

    def next_number(self) -> int:
        """Give the number of the next program that links."""
        return self.processes[-1].number + 1 if self.processes else 1

    def add_process(self, process: Process) -> None:
        """Take a program that has said hello."""
        self.ever_linked = True
        self.processes.append(process)
        if len(self.processes) > MAX_PROCESSES:
            ended = (known for known in self.processes if known.ended)
            self.processes.remove(next(ended, self.processes[0]))
        for session in self._sessions:
            session.domain(Runtime).tell_process(process)
        self.on_change()

    def remove_peer(self, peer: LinkedPeer) -> None:
        """Forget a connection on the link that is closed."""
        if peer in self._peers:
            self._peers.remove(peer)
            self.on_change()

    def happened(self, process: Process, event: Event) -> None:
        """Record what a program told, and tell the front ends."""
        exchange = self.recorder.record(process, event)
        if exchange is None:
            return
        try:
            self.network.tell(exchange, event)
        except Exception:
            # What one exchange holds must not cost the program its link.
            _log.exception("%s of %s can't be shown", type(event).__name__, exchange.start.url)

    def notify(self, process: Process, text: str) -> None:
        """Say something about *process* in every Console, and to front ends that come later."""
        notice = self.notices.add("warning", text, process.number)
        for session in self._sessions:
            session.domain(Runtime).tell_notice(notice)
