"""Domains of others can use those that tapscope has."""

from __future__ import annotations

import attrs
import pytest

from tapscope.agents.domains import (
    IO,
    CommandError,
    ConsoleLine,
    Debugger,
    Domain,
    Event,
    Exchange,
    Feed,
    Runtime,
    StackTrace,
    command,
)
from tapscope.agents.link.messages import Frame
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host


@attrs.frozen
class Asked:
    """A program has asked for something.

    Attributes:
        stack: Where.
    """

    stack: StackTrace | None = None


@attrs.frozen
class Report:
    """A long text.

    Attributes:
        stream: Where it can be read.
    """

    stream: str


class ClerkFeed(Feed):
    """Tells of requests."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Tell those that are curious."""
        if event is exchange.start:
            curious = [each for each in self.domains if isinstance(each, Clerk) and each.curious]
            for domain in curious:
                domain.session.domain(Debugger).announce(exchange)
            self.send(Asked(self.target.stack_trace(exchange)), to=curious)


class Clerk(Domain):
    """Keeps an eye on requests."""

    name = "Clerk"
    events = (Asked,)
    lifecycles = ("http.client",)
    feed = ClerkFeed
    curious = False

    @command
    def listen(self) -> None:
        """Be curious."""
        self.curious = True

    @command
    def note(self, request_id: str, text: str) -> None:
        """Say something about a request."""
        exchange = self.target.exchange(request_id)
        if exchange is None:
            raise CommandError(f"there is no request {request_id!r}")
        line = ConsoleLine(level="info", text=text)
        self.session.domain(Runtime).show(exchange, exchange.last_at, line)

    @command
    def report(self) -> Report:
        """Give what is too long for an answer."""
        return Report(self.session.domain(IO).open(b"all is well"))


@pytest.fixture
def program() -> FakeProgram:
    host = make_host()
    host.add_domain(Clerk)
    program = FakeProgram(host)
    program.define_stack(5, Frame("buy", "shop.py", 12, 4))
    return program


def front_end_of(program: FakeProgram, *domains: str) -> FrontEnd:
    front_end = FrontEnd(program.host)
    for domain in domains:
        front_end.ask(f"{domain}.enable")
    return front_end


def test_an_event_has_a_stack_whose_files_were_told_of_before(program: FakeProgram) -> None:
    front_end = front_end_of(program, "Debugger", "Clerk")
    front_end.ask("Clerk.listen")
    program.start(1, stack=5)
    assert front_end.names() == ["scriptParsed", "asked"]
    (script,) = front_end.told("scriptParsed")
    (asked,) = front_end.told("asked")
    assert asked["stack"]["callFrames"][0]["scriptId"] == script["scriptId"]


def test_an_event_can_be_for_some_front_ends_alone(program: FakeProgram) -> None:
    first, second = front_end_of(program, "Clerk"), front_end_of(program, "Clerk")
    second.ask("Clerk.listen")
    program.start(1)
    assert first.names() == []
    assert second.names() == ["asked"]


@pytest.mark.parametrize(
    ("domains", "shown"),
    [(("Runtime",), ["consoleAPICalled"]), (("Runtime", "Log"), ["entryAdded"]), ((), [])],
)
def test_a_line_is_shown_where_the_front_end_shows_it_best(
    program: FakeProgram, domains: tuple[str, ...], shown: list[str]
) -> None:
    """In Log it leads to the row."""
    program.exchange(1)
    front_end = front_end_of(program, *domains)
    before = len(front_end.take_all())
    front_end.ask("Clerk.note", requestId="1.1", text="well done")
    assert front_end.names()[before:] == shown
    for entry in front_end.told("entryAdded"):
        assert entry["entry"]["networkRequestId"] == "1.1"
        assert entry["entry"]["text"] == "well done"


def test_what_is_long_can_be_read_as_a_stream(program: FakeProgram) -> None:
    front_end = front_end_of(program)
    handle = front_end.ask("Clerk.report")["stream"]
    assert front_end.ask("IO.read", handle=handle)["data"] == "all is well"
