"""A program, as the host meets it on the link."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..link import Decoder, Encoder, LinkError
from ..link.messages import (
    BodyChunk,
    Dropped,
    ExchangeFailed,
    ExchangeFinished,
    Goodbye,
    Hello,
    Message,
    Refused,
    Released,
    RequestStarted,
    ResponseStarted,
    StackDefined,
)
from .recorder import Process

if TYPE_CHECKING:
    from .host import Host

_EVENTS = (RequestStarted, ResponseStarted, BodyChunk, ExchangeFinished, ExchangeFailed)


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
        self._orderly = False
        self._total = self._told = Dropped(0, 0)

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
        """Send *message* to the peer."""
        self._send(self._encoder.encode(message))

    def close(self) -> None:
        """Take note that the connection is closed; a second call does nothing."""
        process = self.process
        if process is not None and not process.ended:
            process.ended = True
            self._end(process)
        self._host.remove_peer(self)

    def _take(self, message: Message) -> None:
        if not self.greeted:
            self._welcome(message)
        elif isinstance(message, Goodbye):
            self._orderly = True
        elif self.process is not None:
            self._record(self.process, message)

    def _record(self, process: Process, message: Message) -> None:
        if isinstance(message, _EVENTS):
            self._host.happened(process, message)
        elif isinstance(message, StackDefined):
            process.define_stack(message.id, message.frames)
        elif isinstance(message, Dropped):
            self._dropped(process, message)

    def _dropped(self, process: Process, total: Dropped) -> None:
        """Tell what was dropped each time it has doubled, so that the Console stays readable."""
        self._total, told = total, self._told
        if _doubled(total.exchanges, told.exchanges) or _doubled(total.body_bytes, told.body_bytes):
            self._tell_dropped(process)

    def _tell_dropped(self, process: Process) -> None:
        self._told = self._total
        self._host.notify(process, _dropped(self._total))

    def _welcome(self, message: Message) -> None:
        if not isinstance(message, Hello):
            raise LinkError(f"expected a Hello first, got {type(message).__name__}")
        if not hmac.compare_digest(message.token.encode(), self._token.encode()):
            raise LinkError("the token is wrong")
        if message.role == "keeper":
            self.keeper = True
            self._host.on_change()
        elif message.role == "program":
            self.process = _process(message, self._host.next_number())
            self._host.add_process(self.process)
            if self._host.released:
                self.tell(Released())
        else:
            raise LinkError(f"a peer is a program or a keeper, not {message.role!r:.40}")

    def _end(self, process: Process) -> None:
        how = "has ended" if self._orderly else "was killed or crashed"
        now = max((e.last_at for e in self._host.recorder.unfinished(process)), default=0)
        for exchange in self._host.recorder.unfinished(process):
            failure = ExchangeFailed(
                exchange.start.id, now, f"the program {how}", "", canceled=False
            )
            self._host.happened(process, failure)
        if self._total != self._told:
            self._tell_dropped(process)
        self._host.notify(process, f"the program (pid {process.pid}) {how}")
        process.stacks.clear()


def _process(hello: Hello, number: int) -> Process:
    return Process(
        number,
        hello.pid,
        hello.title,
        hello.folder,
        hello.epoch,
        hello.libraries,
    )


def _doubled(count: int, told: int) -> bool:
    return count > 0 and count >= 2 * told


def _dropped(total: Dropped) -> str:
    return (
        "the program works faster than the link carries; so far not shown: "
        f"{total.exchanges:,} exchanges, {total.body_bytes:,} bytes of bodies"
    )
