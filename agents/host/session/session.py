"""A front end, as the host meets it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ...link.messages import Returned
from ...link.plain import pack, unpack
from ..api.domain import Domain
from ..api.session import Session
from ..protocol.errors import INTERNAL_ERROR, METHOD_NOT_FOUND, CommandError
from ..store.process import Process
from .answering import Answering, encode_failure
from .outbox import Outbox
from .request import Request, decode, id_of
from .runner import Runner

if TYPE_CHECKING:
    from ..api.target import Target

D = TypeVar("D", bound=Domain)

MAX_RUNNING = 100
"""How many async commands of one front end may run at once."""


class HostSession(Session):
    """One front end's view of a host, without sockets: commands in, messages out.

    Made by :meth:`Host.connect`.

    Attributes:
        target: What the front end is attached to.
    """

    def __init__(
        self,
        target: Target,
        wake: Callable[[], None],
        on_close: Callable[[HostSession], object],
        runner: Runner | None,
    ) -> None:
        self.target = target
        self._on_close = on_close
        self._runner = runner
        self._left = False
        self._runs = itertools.count(1)
        self._running: dict[int, Callable[[], object]] = {}
        self._outbox = Outbox(wake, self._tell_dropped)
        self._domains: dict[str, Domain] = {}

    @property
    def overflowed(self) -> bool:
        """Whether more waits than a front end may leave unread; it is to be disconnected."""
        return self._outbox.overflowed

    def domain(self, kind: type[D]) -> D:
        """Give this session's object of a domain, made the first time."""
        if kind.name not in self._domains:
            self._domains[kind.name] = kind(self)
        return cast("D", self._domains[kind.name])

    def receive(self, text: str) -> None:
        """Do what the front end says and answer it; what makes no sense gets an error."""
        id = None  # noqa: A001  # JSON-RPC's word
        try:
            message = decode(text)
            id = id_of(message)  # noqa: A001
            self._do(Request.of(message))
        except CommandError as error:
            self.send(encode_failure(id, error))
        except Exception as error:
            self.target.guard.log("a front end's command failed", error)
            self.send(encode_failure(id, CommandError(repr(error), INTERNAL_ERROR)))

    def send(self, message: bytes) -> None:
        """Leave *message* for the front end, unless it has left."""
        if not self._left:
            self._outbox.add(message)

    def send_event(self, domain: Domain, message: bytes) -> None:
        """Leave an event of *domain* for the front end, unless too many of them wait already."""
        if not self._left:
            self._outbox.add_event(domain.name, message, lossless=domain.lossless)

    def replay(self, domain: Domain, batches: Iterator[list[bytes]] | None) -> None:
        """See :meth:`Session.replay`."""
        self._outbox.replay(domain.name, batches)

    def is_replaying(self, domain: Domain) -> bool:
        """See :meth:`Session.is_replaying`."""
        return self._outbox.is_replaying(domain.name)

    def take(self, limit: int = 262_144) -> list[bytes]:
        """Give the next messages, of about *limit* bytes in all; none if none wait."""
        return self._outbox.take(limit)

    def close(self) -> None:
        """Let go: the front end has left; a second call does nothing."""
        if self._left:
            return
        self._left = True
        for cancel in list(self._running.values()):
            cancel()
        for domain in list(self._domains.values()):
            self._let_go(domain)
        self._on_close(self)

    async def call(
        self, function: str, arguments: Mapping[str, object], process: Process
    ) -> Any:  # Any: plain data, which whoever asks reads
        """Give what a *function* in a program returns; see :meth:`Domain.call`.

        Raises:
            CommandError: The program is gone, or the function has failed.
        """
        link, runner = process.link, self._runner
        if link is None or runner is None:
            raise CommandError(f"the program (pid {process.pid}) can't be called any more")
        packed = pack(arguments)
        answers: list[Returned] = []

        def begin(done: Callable[[], object]) -> Callable[[], object]:
            def answered(answer: Returned) -> None:
                answers.append(answer)
                done()

            return link.call(function, packed, answered)

        await runner.wait(begin)
        if answers[0].result is None:
            raise CommandError(answers[0].error)
        return unpack(answers[0].result)[0]

    def _do(self, request: Request) -> None:
        name, _, method = request.method.partition(".")
        kind = self.target.domains.get(name)
        command = kind.commands.get(method) if kind else None
        if kind is None or command is None:
            raise CommandError(f"'{request.method:.100}' wasn't found", METHOD_NOT_FOUND)
        if self.target.guard.quarantined(name):
            raise CommandError(f"{name} is switched off: it kept the host waiting too often")
        answering = Answering(request, command, partial(self.domain, kind), self.target.guard)
        if command.is_async:
            self._start(answering)
        else:
            self.send(answering.now())

    def _start(self, answering: Answering) -> None:
        """Run an async command beside everything else; its answer follows."""
        if self._runner is None:
            raise CommandError("nothing here runs commands that are async")
        if len(self._running) >= MAX_RUNNING:
            raise CommandError(f"{MAX_RUNNING} commands are running already; wait for one to end")
        number = next(self._runs)
        unanswered = [self.send]

        def answer(message: bytes) -> None:
            if unanswered:
                unanswered.pop()(message)

        async def run() -> None:
            try:
                answer(await answering.in_time())
            finally:
                self._running.pop(number, None)

        def late() -> None:
            answer(answering.late())

        self._running[number] = self._runner.start(run, answering.deadline, late)

    def _let_go(self, domain: Domain) -> None:
        guard = self.target.guard
        guard.call(domain.name, domain.close)
        # Also of one that failed to, or every event would go on being told to nobody.
        if domain.enabled:
            guard.call(domain.name, Domain.disable, domain)

    def _tell_dropped(self, domain: str, count: int) -> None:
        text = f"a front end reads too slowly for {domain}: {count:,} of its events are lost"
        self.target.say("warning", text)
