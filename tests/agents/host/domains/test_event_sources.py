"""What front ends are told of the events in event streams."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link.messages import BodyChunk, RequestReceived, ResponseSent
from tests.agents.host.programs import FakeProgram, HeaderList, make_host, watching

STREAM: HeaderList = ((b"Content-Type", b"text/event-stream"),)
NAME = "eventSourceMessageReceived"


def streaming(headers: HeaderList = STREAM, budget: Budget | None = None) -> FakeProgram:
    """A program that is about to read an event stream."""
    program = FakeProgram(make_host(budget))
    program.start(1)
    program.respond(1, headers=headers)
    return program


def test_events_are_told_as_they_come_and_in_the_history_with_their_times() -> None:
    program = streaming()
    live = watching(program.host)
    program.receive(1, b"id: 1\nevent: tick\ndata: on")
    assert live.told(NAME) == []
    program.receive(1, b"e\n\ndata: two\n\n")
    first, second = live.told(NAME)
    assert first == {
        "requestId": "1.1",
        "timestamp": pytest.approx(1001.004),
        "eventName": "tick",
        "eventId": "1",
        "data": "one",
    }
    assert (second["eventName"], second["eventId"], second["data"]) == ("message", "1", "two")
    program.receive(1, b"data: three\n\n")
    late = watching(program.host)
    assert late.told(NAME) == live.told(NAME)
    assert [told["data"] for told in late.told(NAME)] == ["one", "two", "three"]


def test_one_who_comes_between_two_events_misses_none_and_gets_none_twice() -> None:
    program = streaming()
    program.receive(1, b"data: one\n\nid: 7\nda")
    front_end = watching(program.host)
    program.receive(1, b"ta: two\n\n")
    assert [(told["data"], told["eventId"]) for told in front_end.told(NAME)] == [
        ("one", ""), ("two", "7")
    ]  # fmt: skip


def test_the_response_is_told_as_an_event_source_so_that_devtools_does_not_parse_it_too() -> None:
    program = streaming()
    front_end = watching(program.host)
    program.finish(1)
    (told,) = front_end.told("responseReceived")
    assert (told["type"], told["response"]["mimeType"]) == ("EventSource", "text/event-stream")


@pytest.mark.parametrize("pieces", [1, 5])
def test_events_are_read_behind_the_content_coding(pieces: int) -> None:
    program = streaming((*STREAM, (b"Content-Encoding", b"gzip")))
    live = watching(program.host)
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    data = packer.compress(b"data: one\n\ndata: tw") + packer.flush(zlib.Z_SYNC_FLUSH)
    data += packer.compress(b"o\n\n") + packer.flush()
    assert gzip.decompress(data)
    for start in range(pieces):
        program.receive(1, data[start * len(data) // pieces : (start + 1) * len(data) // pieces])
    program.finish(1)
    for front_end in (live, watching(program.host)):
        assert [told["data"] for told in front_end.told(NAME)] == ["one", "two"]


def test_behind_bytes_that_were_dropped_the_next_whole_event_is_told() -> None:
    program = streaming()
    live = watching(program.host)
    program.receive(1, b"data: one\n\ndata: tw")
    program.lose(1, 10)
    program.receive(1, b"ata: torn\n\ndata: three\n\n")
    assert [told["data"] for told in live.told(NAME)] == ["one", "three"]


def test_one_who_comes_behind_bytes_that_were_dropped_gets_what_is_kept_and_what_comes() -> None:
    program = streaming(budget=Budget(body_bytes=20))
    program.receive(1, b"data: one\n\ndata: two, which is long\n\nda")
    front_end = watching(program.host)
    program.receive(1, b"ta: torn\n\ndata: four\n\n")
    assert [told["data"] for told in front_end.told(NAME)] == ["one", "four"]


def test_the_server_s_side_is_told_as_well() -> None:
    program = FakeProgram(make_host())
    front_end = watching(program.host)
    program.say(
        RequestReceived(1, 1, "GET", "http://shop/", (), 0, "main", None, "http/1.1", None, None),
        ResponseSent(1, 2, 200, "", STREAM, None),
        BodyChunk(1, 3, 11, b"data: one\n\n", sent=True),
    )
    assert [told["data"] for told in front_end.told(NAME)] == ["one"]
    (told,) = front_end.told("responseReceived")
    assert told["type"] == "EventSource"


@pytest.mark.parametrize("headers", [(), ((b"Content-Type", b"text/plain"),)])
def test_of_other_bodies_no_events_are_told(headers: Any) -> None:
    program = streaming(headers)
    live = watching(program.host)
    program.receive(1, b"data: one\n\n")
    program.finish(1)
    assert live.told(NAME) == watching(program.host).told(NAME) == []
