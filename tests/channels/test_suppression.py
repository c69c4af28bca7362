"""What an agent does itself is heard by nobody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
from collections.abc import Generator
from contextvars import copy_context
from typing import Any

import pytest

from tapscope.channels import channel, http, lifecycle, subscribe, suppress, suppressed
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.testing import capture


def test_what_is_published_inside_reaches_nobody(name: str) -> None:
    with capture(name, f"{name}.*") as events:
        channel(name).publish("before")
        with suppress():
            assert suppressed()
            channel(name).publish("inside")
            channel(f"{name}.new").publish("inside")
        assert not suppressed()
        channel(name).publish("after")
    assert events.messages == ["before", "after"]


def test_it_nests(name: str) -> None:
    with capture(name) as events, suppress():
        with suppress():
            pass
        channel(name).publish("still inside")
    assert len(events) == 0


def test_it_ends_with_an_error(name: str) -> None:
    with pytest.raises(KeyError), suppress():
        raise KeyError
    with capture(name) as events:
        channel(name).publish("after")
    assert events.messages == ["after"]


def test_a_failing_subscriber_is_suppressed_too(name: str) -> None:
    """It is neither called nor are its misses counted."""
    tried: list[object] = []

    def fail(message: object, _: str) -> None:
        tried.append(message)
        raise ValueError

    from tapscope.channels import on_subscriber_error

    previous = on_subscriber_error(lambda _: None)
    held = channel(name)
    held.subscribe(fail)
    held.publish(1)
    with suppress():
        held.publish(2)
    held.publish(3)
    held.publish(4)
    on_subscriber_error(previous)
    assert tried == [1, 4]


def test_other_tasks_and_threads_are_heard(name: str) -> None:
    """But not the tasks that begin inside."""
    held = channel(name)

    async def say(message: str) -> None:
        await asyncio.sleep(0)
        held.publish(message)

    async def main() -> None:
        other = asyncio.ensure_future(say("another task"))
        with suppress():
            inner = asyncio.ensure_future(say("a task of mine"))
            thread = threading.Thread(target=held.publish, args=("a thread",))
            thread.start()
            thread.join()
        await other
        await inner

    with capture(name) as events:
        asyncio.run(main())
    assert sorted(events.messages) == ["a thread", "another task"]


def test_it_may_be_left_in_another_context(name: str) -> None:
    def generator() -> Generator[None]:
        with suppress():
            yield

    running = generator()
    copy_context().run(next, running)
    running.close()
    with capture(name) as events:
        channel(name).publish(1)
    assert events.messages == [1]


def test_stores_are_not_set_inside(name: str) -> None:
    from contextvars import ContextVar

    stored: ContextVar[Any] = ContextVar("stored", default="nothing")
    channel(name).bind_store(stored)
    with suppress():
        assert channel(name).run_stores("m", stored.get) == "nothing"


def test_an_exchange_begun_inside_stays_silent_outside(name: str) -> None:
    """Or an agent would see the end of what it has never seen begin."""
    with capture("http.client.*", f"{name}.*") as events:
        with suppress():
            request = ClientExchange.start("GET", "http://example.test/", [])
            work = lifecycle(name).exchange("mine")
        request.sent(b"body")
        request.responded(200, "OK", "http/1.1", [], None, None, None)
        request.received(b"body")
        request.finish()
        with work:
            work.body_chunk(b"body")
    assert events.names == []
    assert http.client.start.name == "http.client.start"


def test_nothing_asks_until_somebody_suppresses() -> None:
    """The channel calls the subscriber itself before, and a gate after; seen from its stack."""
    program = """
        import sys
        from tapscope.channels import channel, suppress

        def who(message, name):
            print(sys._getframe(1).f_code.co_name)

        channel("test.gate").subscribe(who)
        channel("test.gate").publish(1)
        with suppress():
            pass
        channel("test.gate").publish(2)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["publish", "__call__"]


def test_a_subscriber_may_do_what_it_listens_to(name: str) -> None:
    """What suppression is for: an agent that itself causes what it reports."""
    heard: list[object] = []

    def report(message: object, _: str) -> None:
        heard.append(message)
        with suppress():
            channel(name).publish("caused by the report")

    with subscribe(name, report):
        channel(name).publish(1)
        channel(name).publish(2)
    assert heard == [1, 2]
