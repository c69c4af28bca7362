"""What a domain tells of the past is made as the front end takes it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from tapscope.agents.domains import Domain, command
from tests.agents.host.programs import FrontEnd, make_host


@attrs.frozen
class Remembered:
    """Something that was.

    Attributes:
        number: Whichever.
    """

    number: int


class Memory(Domain):
    """Remembers numbers, two at a time."""

    name = "Memory"
    events = (Remembered,)

    def begin(self, last: int) -> None:
        """Tell all from 1 on."""
        self.made = 0
        self.replay(self._past(last))

    @command
    def recall(self, last: int) -> None:
        """Tell all up to that one."""
        self.begin(last)

    @command
    def mention(self, number: int) -> None:
        """Tell one."""
        self.send(Remembered(number))

    def _past(self, last: int) -> Iterator[Iterator[Remembered]]:
        for first in range(1, last, 2):
            yield self._pair(first)

    def _pair(self, first: int) -> Iterator[Remembered]:
        for number in (first, first + 1):
            self.made += 1
            # More than JSON's readers take.
            yield Remembered(2**65 if number == 13 else number)


class Other(Memory):
    """Another of the kind."""

    name = "Other"


@pytest.fixture
def front_end() -> FrontEnd:
    host = make_host()
    for domain in (Memory, Other):
        host.add_domain(domain)
    front_end = FrontEnd(host)
    front_end.ask("Memory.enable")
    front_end.ask("Other.enable")
    return front_end


def numbers(front_end: FrontEnd, domain: str = "Memory") -> list[int]:
    method = f"{domain}.remembered"
    return [e["params"]["number"] for e in front_end.take_all() if e["method"] == method]


def test_it_is_made_no_sooner_than_it_is_taken(front_end: FrontEnd) -> None:
    front_end.say("Memory.recall", last=100_000)
    memory = front_end.session.domain(Memory)
    front_end.take(1)
    front_end.take(1)
    assert memory.made == 2
    assert memory.replaying


def test_all_of_it_is_told_in_order(front_end: FrontEnd) -> None:
    front_end.ask("Memory.recall", last=10)
    assert numbers(front_end) == list(range(1, 11))
    assert not front_end.session.domain(Memory).replaying


def test_what_happens_meanwhile_does_not_wait_for_it(front_end: FrontEnd) -> None:
    front_end.say("Memory.recall", last=10)
    front_end.take(1)
    front_end.ask("Memory.mention", number=77)
    assert numbers(front_end)[:2] == [77, 1]


def test_it_ends_when_the_domain_is_disabled(front_end: FrontEnd) -> None:
    front_end.say("Memory.recall", last=100_000)
    front_end.ask("Memory.disable")
    assert numbers(front_end) == []


def test_two_domains_have_each_their_own(front_end: FrontEnd) -> None:
    front_end.say("Memory.recall", last=4)
    front_end.say("Other.recall", last=6)
    assert numbers(front_end) == [1, 2, 3, 4]
    assert numbers(front_end, "Other") == [1, 2, 3, 4, 5, 6]


def test_a_batch_that_fails_is_left_out(
    front_end: FrontEnd, caplog: pytest.LogCaptureFixture
) -> None:
    front_end.ask("Memory.recall", last=16)
    assert numbers(front_end) == [*range(1, 13), 15, 16]
    assert "something that Memory replays can't be shown" in caplog.text
