"""Programs and front ends of a host, without processes and without sockets."""

from __future__ import annotations

import json
from typing import Any

import attrs

from tapscope.agents.host.host import Host, HostOptions
from tapscope.agents.host.peer import LinkedPeer
from tapscope.agents.host.session.session import HostSession
from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link import Decoder, Encoder
from tapscope.agents.link.messages import (
    MAGIC,
    BodyChunk,
    ExchangeFailed,
    ExchangeFinished,
    Frame,
    Goodbye,
    Hello,
    Message,
    Released,
    RequestStarted,
    ResponseStarted,
    StackDefined,
)

TOKEN = "secret"
SECOND = 1_000_000_000

HeaderList = tuple[tuple[bytes, bytes], ...]


def make_host(budget: Budget | None = None) -> Host:
    return Host(HostOptions(id="5ca1ab1e", token=TOKEN, budget=budget or Budget()))


@attrs.define(eq=False)
class FakeProgram:
    """Says to *host* over a link what a program with a tap would say."""

    host: Host
    pid: int = 7
    folder: str = "/srv"
    libraries: tuple[str, ...] = ("/usr/lib/python/",)
    peer: LinkedPeer = attrs.field(init=False)
    heard: list[Message] = attrs.field(factory=list[Message], init=False)
    clock: int = attrs.field(default=SECOND, init=False)

    def __attrs_post_init__(self) -> None:
        decoder = Decoder(magic=False)
        self.peer = self.host.link(lambda data: self.heard.extend(decoder.feed(data)))
        self.peer.receive(MAGIC)
        self.say(
            Hello(TOKEN, "program", self.pid, "shop.py", folder=self.folder,
                  epoch=1_000 * SECOND, libraries=self.libraries)
        )  # fmt: skip

    @property
    def released(self) -> bool:
        """Whether it need not wait for a front end any more."""
        return Released() in self.heard

    def say(self, *messages: Message) -> None:
        encoder = Encoder()
        for message in messages:
            encoder.add_message(message)
        self.peer.receive(encoder.take())

    def tick(self) -> int:
        """Let a millisecond pass, and give the time."""
        self.clock += SECOND // 1000
        return self.clock

    def define_stack(self, number: int, *frames: Frame) -> None:
        self.say(StackDefined(number, frames))

    def start(
        self,
        number: int,
        *,
        method: str = "GET",
        url: str = "http://shop/",
        headers: HeaderList = (),
        stack: int = 0,
        redirected_from: int | None = None,
    ) -> None:
        self.say(
            RequestStarted(
                number, self.tick(), method, url, headers, stack, "main", None, redirected_from
            )
        )

    def send(self, number: int, data: bytes) -> None:
        self.say(BodyChunk(number, self.tick(), len(data), data, sent=True))

    def respond(self, number: int, status: int = 200, headers: HeaderList = ()) -> None:
        self.say(
            ResponseStarted(
                number, self.tick(), status, "", "http/1.1", headers, None, reused=False,
                send_start=None, send_end=None,
            )
        )  # fmt: skip

    def receive(self, number: int, data: bytes) -> None:
        self.say(BodyChunk(number, self.tick(), len(data), data, sent=False))

    def lose(self, number: int, length: int) -> None:
        """Say that a piece of a body had to be dropped."""
        self.say(BodyChunk(number, self.tick(), length, None, sent=False))

    def finish(self, number: int) -> None:
        self.say(ExchangeFinished(number, self.tick(), None, complete=True))

    def fail(self, number: int, kind: str = "TimeoutError", text: str = "", *,
             canceled: bool = False) -> None:  # fmt: skip
        self.say(ExchangeFailed(number, self.tick(), kind, text, canceled))

    def exchange(
        self,
        number: int,
        body: bytes = b"",
        headers: HeaderList = (),
        *,
        status: int = 200,
        redirected_from: int | None = None,
    ) -> None:
        """Say everything of one exchange."""
        self.start(number, redirected_from=redirected_from)
        self.respond(number, status, headers)
        if body:
            self.receive(number, body)
        self.finish(number)

    def end(self) -> None:
        """End in order."""
        self.say(Goodbye())
        self.peer.close()

    def die(self) -> None:
        """End without a word."""
        self.peer.close()


@attrs.define(eq=False)
class FrontEnd:
    """A front end of *host* that keeps every message.

    Attributes:
        answers: The answers to commands, by their ids.
        events: All events, in order.
        methods: The method of each command by its id, for those who check answers.
    """

    host: Host
    session: HostSession = attrs.field(init=False)
    answers: dict[int, dict[str, Any]] = attrs.field(factory=dict[int, dict[str, Any]], init=False)
    events: list[dict[str, Any]] = attrs.field(factory=list[dict[str, Any]], init=False)
    methods: dict[int, str] = attrs.field(factory=dict[int, str], init=False)
    wakes: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.session = self.host.connect(self._wake)

    def _wake(self) -> None:
        self.wakes += 1

    def say(self, method: str, **params: Any) -> int:
        """Send a command, and give its id."""
        number = len(self.methods) + 1
        self.methods[number] = method
        self.session.receive(json.dumps({"id": number, "method": method, "params": params}))
        return number

    def take(self, limit: int = 262_144) -> list[dict[str, Any]]:
        """Take some messages, and give those that are events."""
        taken = [json.loads(text) for text in self.session.take(limit)]
        events = [message for message in taken if "method" in message]
        self.answers |= {message["id"]: message for message in taken if "id" in message}
        self.events += events
        return events

    def take_all(self) -> list[dict[str, Any]]:
        """Take all messages, and give the events so far."""
        while self._take_some():
            pass
        return self.events

    def _take_some(self) -> bool:
        before = len(self.events) + len(self.answers)
        self.take()
        return len(self.events) + len(self.answers) > before

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Give the result of a command."""
        answer = self.answer(method, **params)
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def refusal(self, method: str, **params: Any) -> dict[str, Any]:
        """Give the error of a command."""
        answer = self.answer(method, **params)
        assert "error" in answer, answer
        error: dict[str, Any] = answer["error"]
        return error

    def answer(self, method: str, **params: Any) -> dict[str, Any]:
        number = self.say(method, **params)
        self.take_all()
        return self.answers[number]

    def told(self, name: str = "") -> list[dict[str, Any]]:
        """Give the parameters of all events called *name*, ``"loadingFinished"``, so far."""
        return [
            event["params"] for event in self.take_all()
            if event["method"].partition(".")[2] == name
        ]  # fmt: skip

    def names(self) -> list[str]:
        """Give the methods of all events so far, without their domain."""
        return [event["method"].partition(".")[2] for event in self.take_all()]


def watching(host: Host) -> FrontEnd:
    """Make a front end that has enabled the Network domain."""
    front_end = FrontEnd(host)
    front_end.ask("Network.enable")
    return front_end
