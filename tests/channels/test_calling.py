"""What an integration of native code says of a call, and what is published of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tapscope import channels
from tapscope.channels import suppress
from tapscope.channels.calling import NativeCall, NativeFunction
from tapscope.channels.delivery import delivered_by
from tapscope.channels.testing import fake_clock

RUN = NativeFunction("backend", "js__run", "extension", slow_after=5)

Events = list[tuple[str, Any]]


@pytest.fixture
def published() -> Iterator[Events]:
    events: Events = []
    with channels.subscribe("native.*", lambda e, name: events.append((name[7:], e))):
        yield events


def start(*arguments: object, **keywords: object) -> NativeCall:
    call = NativeCall.start(RUN, arguments, keywords)
    assert call is not None
    return call


def names(events: Events) -> list[str]:
    return [name for name, _ in events]


def test_a_call_publishes_its_life_under_one_id(published: Events) -> None:
    with fake_clock() as clock:
        call = start(1, fast=True)
        clock.advance(seconds=1)
        call.called_back("on_item", (1,))
        call.returned("done", errno=3)
    [(_, started), (_, item), (_, finished)] = published
    assert names(published) == ["start", "body_chunk", "finish"]
    assert (started.arguments, started.keywords) == ((1,), {"fast": True})
    assert (started.library, started.function, started.slow_after) == ("backend", "js__run", 5)
    assert item.elapsed == 1_000_000_000
    assert (finished.result, finished.errno, finished.items) == ("done", 3, 1)
    assert {event.id for _, event in published} == {call.id}


def test_start_and_end_are_published_before_they_are_delivered(published: Events) -> None:
    delivered: list[list[str]] = []
    with delivered_by(lambda: delivered.append(names(published))):
        start().returned(None)
    assert delivered == [["start"], ["start", "finish"]]


def test_it_ends_when_it_has_returned_and_all_its_streams_are_closed(published: Events) -> None:
    call = start()
    call.open_stream()
    call.open_stream()
    call.returned(1)
    call.close_stream()
    assert names(published) == ["start", "headers"]
    call.close_stream()
    assert names(published) == ["start", "headers", "finish"]


def test_a_stream_that_closes_first_leaves_the_end_to_the_return(published: Events) -> None:
    call = start()
    call.open_stream()
    call.close_stream()
    call.returned(1)
    assert names(published) == ["start", "finish"]


def test_what_comes_after_the_end_is_ignored(published: Events) -> None:
    call = start()
    call.fail(ValueError())
    call.returned(1)
    call.called_back("late", ())
    call.fail(KeyError())
    assert names(published) == ["start", "error"]


def test_calls_inside_of_it_have_it_for_their_parent(published: Events) -> None:
    outer = start()
    inner = start()
    inner.returned(None)
    outer.returned(None)
    start().returned(None)
    parents = [event.parent for name, event in published if name == "start"]
    assert parents == [None, outer.id, None]


def test_nothing_is_published_where_that_is_suppressed(published: Events) -> None:
    with suppress():
        assert NativeCall.start(RUN, (), {}) is None
    assert published == []
