"""An exchange of any kind, for libraries without events of their own."""

from __future__ import annotations

import asyncio

import pytest

from tapscope.channels import ChannelError, http, lifecycle, subscribe
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.lifecycle_states import checked
from tapscope.channels.testing import capture, fake_clock
from tapscope.channels.work import WorkChunk, WorkFailed, WorkFinished, WorkStarted


def test_a_block_is_one_exchange(name: str) -> None:
    jobs = lifecycle(name)
    with (
        checked(),
        capture(f"{name}.*") as events,
        fake_clock(now=1000) as time,
        jobs.exchange("resize", {"size": 3}) as exchange,
    ):
        time.advance(nanoseconds=5)
        exchange.body_chunk(b"picture", sent=True)
        exchange.headers({"format": "png"})
        exchange.finish("smaller")
    started, chunk, answered, finished = events.messages
    assert isinstance(started, WorkStarted)
    assert (started.name, started.detail, started.at) == ("resize", {"size": 3}, 1000)
    assert (chunk.data, chunk.sent, chunk.at) == (b"picture", True, 1005)
    assert answered.detail == {"format": "png"}
    assert finished.result == "smaller"
    assert {event.id for event in events.messages} == {exchange.id}
    assert exchange.ended


def test_the_start_knows_where_the_program_asked(name: str) -> None:
    def ask() -> None:
        with lifecycle(name).exchange("work"):
            pass

    with capture(f"{name}.start") as events:
        ask()
    assert events.one().stack[0] is ask.__code__
    assert events.one().thread == "MainThread"


def test_an_error_ends_it_and_passes(name: str) -> None:
    error = ValueError("broken")
    with (
        capture(f"{name}.*") as events,
        pytest.raises(ValueError, match="broken"),
        lifecycle(name).exchange("work"),
    ):
        raise error
    assert events.names == [f"{name}.start", f"{name}.error"]
    assert events.messages[1].error is error


def test_the_first_end_counts(name: str) -> None:
    with capture(f"{name}.*") as events:
        exchange = lifecycle(name).exchange("work")
        exchange.start()
        exchange.finish()
        exchange.finish()
        exchange.error(ValueError())
    assert events.names == [f"{name}.start", f"{name}.finish"]


def test_nested_exchanges_know_their_parents(name: str) -> None:
    """Those of other lifecycles included, and HTTP requests."""
    with capture(f"{name}.**", "http.client.start") as events:
        with lifecycle(f"{name}.outer").exchange("outer") as outer:
            with lifecycle(f"{name}.inner").exchange("inner") as inner:
                ClientExchange.start("GET", "http://example.test/", []).finish()
            ClientExchange.start("GET", "http://example.test/", []).finish()
        ClientExchange.start("GET", "http://example.test/", []).finish()
    assert (outer.parent, inner.parent) == (None, outer.id)
    requests = [request.parent for request in events.of("http.client.start")]
    assert requests == [inner.id, outer.id, None]


def test_tasks_begun_inside_know_their_parent(name: str) -> None:
    jobs = lifecycle(name)

    async def work() -> None:
        await asyncio.sleep(0)
        with jobs.exchange("inner"):
            pass

    async def main() -> None:
        with jobs.exchange("outer") as outer:
            task = asyncio.ensure_future(work())
        await task
        assert events.messages[-2].parent == outer.id

    with capture(f"{name}.*") as events:
        asyncio.run(main())


def test_one_that_nobody_hears_stays_unheard(name: str) -> None:
    """The whole of an exchange, or nothing."""
    jobs = lifecycle(name)
    with jobs.exchange("work") as exchange, capture(f"{name}.*") as events:
        exchange.headers({})
        exchange.body_chunk(b"")
        exchange.finish()
    exchange.start()
    assert events.names == []
    with pytest.raises(KeyError), jobs.exchange("work"):
        raise KeyError


def test_the_channels_say_their_classes(name: str) -> None:
    jobs = lifecycle(name)
    with subscribe(f"{name}.*", print):
        jobs.exchange("work")
    assert [member.event for member in (jobs.body_chunk, jobs.finish, jobs.error)] == [
        WorkChunk,
        WorkFinished,
        WorkFailed,
    ]


def test_a_lifecycle_with_events_of_its_own_is_refused() -> None:
    refused = pytest.raises(ChannelError, match="make those events yourself")
    with subscribe("http.client.*", lambda _, __: None), refused:
        http.client.exchange("request")
