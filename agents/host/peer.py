"""A program, as the host meets it on the link."""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Callable
from time import time_ns
from typing import TYPE_CHECKING, get_args

import attrs

from ..link import Decoder, Encoder, LinkError
from ..link.messages import (
    Call,
    Dropped,
    Event,
    ExchangeFailed,
    Expect,
    Goodbye,
    Hello,
    Limits,
    Message,
    RecordLogged,
    Refused,
    Register,
    Released,
    Returned,
    SourceTold,
    StackDefined,
)
from .noted_calls import NotedCalls
from .store.process import Process

if TYPE_CHECKING:
    from .host import Host

Answered = Callable[[Returned], object]

_EVENTS: tuple[type[Event], ...] = get_args(Event)


class LinkedPeer:
    """One connection on the link, as the host sees it: a program, or a keeper.

    Made by :meth:`Host.link`.

    Attributes:
        process: The program, once it has said hello.
        keeper: Whether it is one that only keeps the host alive.
    """

    def __init__(self, host: Host, token: str, send: Callable[[bytes], None]) -> None:
        self.process: Process | None = None
        self.keeper: bool = False
        self._host = host
        self._token = token
        self._send = send
        self._decoder = Decoder(magic=True)
        self._encoder = Encoder()
        self._goodbye: Goodbye | None = None
        self._calls: dict[int, Answered] = {}
        self._last_call = 0
        self._total = self._told = Dropped(0, 0)
        self._noted: NotedCalls | None = None

    @property
    def greeted(self) -> bool:
        """Whether it has said hello and was welcome."""
        return self.process is not None or self.keeper

    def receive(self, data: bytes) -> None:
        """Take bytes as they come; a message may be split or glued.

        Raises:
            LinkError: The peer is no tapscope of this version, or doesn't know
                the token; its connection is to be closed.
        """
        try:
            for message in self._decoder.feed(data):
                self._take(message)
        except LinkError as error:
            self.tell(Refused(str(error)))
            raise
        except Exception as error:
            # A message of the right shape can still hold what makes no sense.
            raise LinkError(f"the link carried what makes no sense: {error!r}") from error

    def tell(self, message: Message) -> None:
        """Send *message* to the peer, unless it has left: what it said before still counts."""
        with contextlib.suppress(OSError):
            self._send(self._encoder.encode(message))

    def call(self, function: str, arguments: bytes, answered: Answered) -> Callable[[], object]:
        """Have the program call *function*.

        *answered* takes the outcome, unless what this gives was called before.
        """
        self._last_call += 1
        number = self._last_call
        self._calls[number] = answered
        self.tell(Call(number, function, arguments))
        return lambda: self._calls.pop(number, None)

    def look(self) -> None:
        """Take what the program says without its help; to be called now and then."""
        if self._noted is not None:
            self._noted.look()

    def close(self) -> None:
        """Take note that the connection is closed; a second call does nothing."""
        process, noted = self.process, self._noted
        self._noted = None
        if noted is not None:
            noted.close()
        if process is not None and not process.ended:
            self._end(process)
        self._host.remove_peer(self)

    def _take(self, message: Message) -> None:
        if not self.greeted:
            self._welcome(message)
        elif isinstance(message, Goodbye):
            self._goodbye = message
        elif isinstance(message, Expect):
            self._host.expect()
        elif self._noted is not None and self._noted.take(message):
            pass
        elif self.process is not None:
            self._record(self.process, message)

    def _record(self, process: Process, message: Message) -> None:
        if isinstance(message, _EVENTS):
            self._host.target.happened(process, message)
        elif isinstance(message, StackDefined):
            process.define_stack(message)
        elif isinstance(message, SourceTold):
            process.define_text(message.filename, message.text)
        elif isinstance(message, RecordLogged):
            self._host.target.logged(process, message)
        elif isinstance(message, Dropped):
            self._dropped(process, message)
        elif isinstance(message, Returned):
            if (answered := self._calls.pop(message.id, None)) is not None:
                answered(message)
        elif isinstance(message, Register):
            self._host.register(process, message)
        elif isinstance(message, Limits):
            self._host.limit(message)

    def _dropped(self, process: Process, total: Dropped) -> None:
        """Tell what was dropped each time it has doubled, so that the Console stays readable."""
        self._total, told = total, self._told
        if any(map(_doubled, attrs.astuple(total), attrs.astuple(told))):
            self._tell_dropped(process)

    def _tell_dropped(self, process: Process) -> None:
        self._told = self._total
        self._host.target.say("warning", _dropped(self._total), process.number)

    def _welcome(self, message: Message) -> None:
        if not isinstance(message, Hello):
            raise LinkError(f"expected a Hello first, got {type(message).__name__}")
        if not hmac.compare_digest(message.token.encode(), self._token.encode()):
            raise LinkError("the token is wrong")
        if message.role == "keeper":
            self.keeper = True
            self._host.on_change()
        elif message.role == "program":
            self.process = _process(message, self._host.next_number(), self)
            self._noted = NotedCalls(self._host.target, self.process)
            self._host.add_process(self.process)
            if self._host.target.released:
                self.tell(Released())
        else:
            raise LinkError(f"a peer is a program or a keeper, not {message.role!r:.40}")

    def _end(self, process: Process) -> None:
        how = _how(self._goodbye)
        target = self._host.target
        target.end_process(process)
        for number, answered in list(self._calls.items()):
            answered(Returned(number, None, f"the program {how}"))
        now = time_ns() - process.epoch
        for exchange in target.recorder.unfinished(process):
            failure = ExchangeFailed(
                exchange.start.id, now, f"the program {how}", "", canceled=False
            )
            target.happened(process, failure)
        if self._total != self._told:
            self._tell_dropped(process)
        target.say("warning", f"the program (pid {process.pid}) {how}", process.number)
        process.stacks.clear()


def _process(hello: Hello, number: int, link: LinkedPeer) -> Process:
    return Process(
        number,
        hello.pid,
        hello.title,
        hello.folder,
        hello.epoch,
        hello.libraries,
        link=link,
    )


def _how(goodbye: Goodbye | None) -> str:
    """Say how a program has ended that has said *goodbye*, or nothing."""
    if goodbye is None:
        return "was killed or crashed"
    if not goodbye.untold:
        return "has ended"
    return f"has ended, and the last {goodbye.untold:,} events were not taken from it in time"


def _doubled(count: int, told: int) -> bool:
    return count > 0 and count >= 2 * told


def _dropped(total: Dropped) -> str:
    counts = [f"{total.exchanges:,} exchanges", f"{total.body_bytes:,} bytes of bodies"]
    if total.records:
        counts.append(f"{total.records:,} records of logging")
    return f"the program works faster than the link carries; so far not shown: {', '.join(counts)}"
