"""What waits for a front end is bounded, for each domain and in all."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from tapscope.agents.host.session import outbox
from tapscope.agents.host.session.outbox import Outbox

EVENT = b"x" * 100


@attrs.define
class Owner:
    """Who takes from an outbox, and what it was told."""

    outbox: Outbox = attrs.field(init=False)
    wakes: int = 0
    dropped: list[tuple[str, int]] = attrs.field(factory=list[tuple[str, int]])

    def __attrs_post_init__(self) -> None:
        self.outbox = Outbox(self._wake, lambda domain, count: self.dropped.append((domain, count)))

    def _wake(self) -> None:
        self.wakes += 1

    def flood(self, domain: str, count: int, *, lossless: bool = False) -> None:
        for _ in range(count):
            self.outbox.add_event(domain, EVENT, lossless=lossless)

    def taken(self) -> int:
        """Take everything, and give how many messages that were."""
        count = 0
        while messages := self.outbox.take(10_000):
            count += len(messages)
        return count


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Owner:
    """One whose outbox takes a thousand events, and two hundred of one domain."""
    monkeypatch.setattr(outbox, "MAX_BYTES", 100_000)
    monkeypatch.setattr(outbox, "MAX_LOSSY_BYTES", 50_000)
    monkeypatch.setattr(outbox, "MAX_EVENT_BYTES", 20_000)
    return Owner()


def test_the_bounds_leave_room_for_what_may_not_be_lost() -> None:
    assert outbox.MAX_EVENT_BYTES == 16 * 1024 * 1024
    assert outbox.MAX_EVENT_BYTES < outbox.MAX_LOSSY_BYTES < outbox.MAX_BYTES


def test_a_domain_that_floods_loses_its_own_events_alone(owner: Owner) -> None:
    owner.flood("Loud", 1000)
    owner.flood("Calm", 50)
    owner.outbox.add(b"an answer")
    assert owner.taken() == 201 + 50 + 1
    assert not owner.outbox.overflowed


def test_what_is_lost_is_told_each_time_it_has_doubled(owner: Owner) -> None:
    owner.flood("Loud", 301)
    assert owner.dropped == [("Loud", count) for count in (1, 2, 4, 8, 16, 32, 64)]


def test_a_domain_may_go_on_when_its_events_were_taken(owner: Owner) -> None:
    owner.flood("Loud", 1000)
    owner.taken()
    owner.flood("Loud", 100)
    assert owner.taken() == 100


def test_many_domains_that_flood_leave_room_for_what_may_not_be_lost(owner: Owner) -> None:
    for number in range(100):
        owner.flood(f"Loud{number}", 100)
    owner.flood("Network", 400, lossless=True)
    assert not owner.outbox.overflowed
    assert owner.taken() == 501 + 400


def test_a_lossless_domain_that_nobody_reads_overflows_and_nothing_grows(owner: Owner) -> None:
    owner.flood("Network", 2000, lossless=True)
    owner.outbox.add(b"an answer")
    assert owner.outbox.overflowed
    assert owner.dropped == []
    assert owner.taken() == 1001


def test_one_message_may_be_longer_than_all_that_may_wait(owner: Owner) -> None:
    owner.outbox.add(b"x" * 1_000_000)
    assert not owner.outbox.overflowed
    assert owner.taken() == 1


def test_history_is_taken_before_what_comes_after_it(owner: Owner) -> None:
    def history() -> Iterator[list[bytes]]:
        yield [b"1", b"2"]
        yield []
        yield [b"3"]

    owner.outbox.add(b"0")
    owner.outbox.replay("Past", history())
    assert owner.outbox.take(1) == [b"0"]
    assert owner.outbox.take(100) == [b"1", b"2", b"3"]
    assert not owner.outbox.is_replaying("Past")


def test_whoever_takes_is_woken_by_every_message(owner: Owner) -> None:
    owner.outbox.add(b"1")
    owner.flood("Calm", 1)
    owner.outbox.replay("Past", iter(()))
    assert owner.wakes == 3
