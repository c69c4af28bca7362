"""Which lifecycles a tap tells of."""

from __future__ import annotations

import itertools

import pytest

from tapscope.agents.link import Encoder
from tapscope.agents.link.messages import MAGIC, Listen, Register, RequestStarted, WorkStarted
from tapscope.agents.tap import Tap
from tapscope.channels import lifecycle
from tapscope.channels.exchange import ClientExchange
from tests.agents.tap.carriers import FakeCarrier
from tests.agents.tap.test_tap import exchange, tapping

_numbers = itertools.count()


@pytest.fixture
def job() -> str:
    """The name of a lifecycle that no other test has."""
    return f"acme.job{next(_numbers)}"


def work(name: str) -> None:
    with lifecycle(name).exchange("resize"):
        pass


def heard(carrier: FakeCarrier, tap: Tap) -> list[str]:
    """Of which lifecycles exchanges have started since the last call, in order."""
    assert tap.flush()
    names = [
        message.lifecycle if isinstance(message, WorkStarted) else "http.client"
        for message in carrier.messages
        if isinstance(message, WorkStarted | RequestStarted)
    ]
    carrier.taken[:] = MAGIC
    return names


def order(carrier: FakeCarrier, tap: Tap, *lifecycles: str) -> None:
    """Have the host say which it wants."""
    carrier.arriving.append(Encoder().encode(Listen(lifecycles)))
    assert tap.flush()
    heard(carrier, tap)


def test_until_the_host_has_said_what_it_wants_everything_is_told(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        exchange()
        work(job)
        assert heard(carrier, tap) == ["http.client", job]


def test_from_then_on_only_that_is_told(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        work(job)
        order(carrier, tap, "http.client")
        work(job)
        exchange()
        assert heard(carrier, tap) == ["http.client"]
        assert not lifecycle(job).has_subscribers


def test_a_lifecycle_that_appears_later_is_told_if_it_is_wanted(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        order(carrier, tap, f"{job}_wanted")
        work(f"{job}_other")
        work(f"{job}_wanted")
        assert heard(carrier, tap) == [f"{job}_wanted"]


def test_the_host_may_change_its_mind(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        order(carrier, tap)
        order(carrier, tap, job)
        work(job)
        assert heard(carrier, tap) == [job]
        order(carrier, tap)
        work(job)
        assert heard(carrier, tap) == []


def test_who_has_detached_tells_nothing_and_who_attaches_again_what_was_wanted(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        order(carrier, tap, job)
        tap.detach()
        work(job)
        assert not lifecycle(job).has_subscribers
        tap.attach()
        exchange()
        work(job)
        assert heard(carrier, tap) == [job]


def test_an_exchange_tells_what_it_is_part_of(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        with lifecycle(job).exchange("resize") as outer:
            inner = ClientExchange.start("GET", "http://shop/", [])
        assert tap.flush()
        [started] = [m for m in carrier.messages if isinstance(m, RequestStarted)]
        assert (started.id, started.parent) == (inner.id, outer.id)


def test_what_the_program_brings_a_domain_for_is_told_before_the_host_asks(job: str) -> None:
    carrier = FakeCarrier()
    with tapping(carrier) as tap:
        order(carrier, tap, "http.client")
        tap.register(Register("acme.domain", "Jobs", ()), (job,))
        work(job)
        assert heard(carrier, tap) == [job]
        order(carrier, tap, "http.client")
        work(job)
        assert heard(carrier, tap) == [job]
