from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tapscope.agents import inspector, network
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.http import client
from tests.agents.hosts import ServedHost, serving


@pytest.fixture
def served() -> Iterator[ServedHost]:
    with serving() as host:
        yield host
        inspector.close()
        network.detach()


def exchange(url: str) -> None:
    if client.start.has_subscribers:
        running = ClientExchange.start("GET", url, [])
        running.responded(200, "OK", "http/1.1", [], None, None, None)
        running.finish()


def test_attaching_before_there_is_a_host_tells_it_from_its_opening_on(served: ServedHost) -> None:
    network.attach()
    exchange("http://before/")
    inspector.join(served.address)
    exchange("http://after/")
    inspector.close()
    assert served.urls() == ["http://after/"]


def test_attaching_after_there_is_a_host_tells_it_from_then_on(served: ServedHost) -> None:
    inspector.join(served.address)
    exchange("http://before/")
    network.attach()
    exchange("http://after/")
    inspector.close()
    assert served.urls() == ["http://after/"]


def test_without_a_host_nobody_listens() -> None:
    with network.attach():
        assert not client.start.has_subscribers


def test_attaching_twice_tells_once(served: ServedHost) -> None:
    inspector.join(served.address)
    network.attach()
    network.attach()
    exchange("http://shop/")
    inspector.close()
    assert served.urls() == ["http://shop/"]


def test_detaching_twice_does_nothing_more() -> None:
    network.attach()
    network.detach()
    network.detach()


def test_what_was_told_before_detaching_stays(served: ServedHost) -> None:
    inspector.join(served.address)
    attachment = network.attach()
    exchange("http://attached/")
    attachment.detach()
    attachment.detach()
    exchange("http://detached/")
    assert not client.start.has_subscribers
    inspector.close()
    assert served.urls() == ["http://attached/"]


def test_the_end_of_a_with_detaches(served: ServedHost) -> None:
    inspector.join(served.address)
    with network.attach():
        assert client.start.has_subscribers
    assert not client.start.has_subscribers


def test_detached_before_there_is_a_host_nobody_listens(served: ServedHost) -> None:
    network.attach()
    network.detach()
    inspector.join(served.address)
    assert not client.start.has_subscribers


def test_attaching_after_the_host_was_lost_listens_to_nobody(
    served: ServedHost, capfd: pytest.CaptureFixture[str]
) -> None:
    inspector.join(served.address)
    network.attach()
    while not served.connections:
        threading.Event().wait(0.001)
    served.leave()
    told = ""
    while "uninspected" not in told:
        threading.Event().wait(0.001)
        told += capfd.readouterr().err
    assert inspector.url() is None
    network.attach()
    assert not client.start.has_subscribers
    assert (told + capfd.readouterr().err).count("uninspected") == 1


@pytest.mark.parametrize("attach_first", [True, False])
def test_attaching_can_say_how_much_the_host_keeps(
    served: ServedHost,
    attach_first: bool,  # noqa: FBT001
) -> None:
    if attach_first:
        network.attach(max_exchanges=2)
    inspector.join(served.address)
    network.attach(max_exchanges=2)
    for number in range(5):
        exchange(f"http://shop/{number}")
    inspector.close()
    assert served.urls() == ["http://shop/3", "http://shop/4"]


@pytest.mark.parametrize("sizes", [(-1, None, None), (None, -1, None), (None, None, 0)])
def test_a_size_that_makes_no_sense_is_refused_and_nothing_attached(
    sizes: tuple[int | None, int | None, int | None],
) -> None:
    total, body, exchanges = sizes
    with pytest.raises(ValueError, match="a host can't keep"):
        network.attach(max_total=total, max_body=body, max_exchanges=exchanges)
    assert not client.start.has_subscribers
