"""How the bytes of an event stream are read, by the rules of the HTML standard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.content import event_stream
from tapscope.agents.host.content.event_stream import (
    EventStreamParser,
    StreamEvent,
    is_event_stream,
)


def parsed(*pieces: bytes) -> list[StreamEvent]:
    parser = EventStreamParser()
    return [event for piece in pieces for event in parser.feed(piece)]


def message(data: str, last_id: str = "", name: str = "message") -> StreamEvent:
    return StreamEvent(name, data, last_id)


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: hello\n\n", [message("hello")]),
        (b"data:hello\n\n", [message("hello")]),
        (b"data:  two spaces\n\n", [message(" two spaces")]),
        (b"data: one\ndata: two\ndata:\n\n", [message("one\ntwo\n")]),
        (b"data\n\ndata\ndata\n\ndata:", [message(""), message("\n")]),
        (b"event: tick\ndata: 1\n\ndata: 2\n\n", [message("1", name="tick"), message("2")]),
        (b"event: tick\n\ndata: 2\n\n", [message("2")]),
        (b"event:\ndata: 1\n\n", [message("1")]),
        (b"data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n", [message("1"), message("2"), message("3")]),
        (b"\xef\xbb\xbfdata: bom\n\n", [message("bom")]),
        (b"\n\xef\xbb\xbfdata: no bom\n\n", []),
        (b": a comment\ndata: 1\n:\n\n", [message("1")]),
        (b"id: 7\ndata: 1\n\ndata: 2\n\n", [message("1", "7"), message("2", "7")]),
        (b"id: 7\n\ndata: 1\n\n", [message("1", "7")]),
        (b"id: 7\ndata: 1\n\nid\ndata: 2\n\n", [message("1", "7"), message("2")]),
        (b"id: 7\ndata: 1\n\nid: \x008\ndata: 2\n\n", [message("1", "7"), message("2", "7")]),
        (b"retry: 500\ndata: 1\n\n", [message("1")]),
        (b"Data: 1\nodd: 2\n data: 3\n\n", []),
        (b"data: gr\xc3\xbc\xc3\x9f dich \xff\n\n", [message("grüß dich \ufffd")]),
        (b"data: never finished\n", []),
        (b"data: a: b\n\n", [message("a: b")]),
    ],
)
def test_a_stream_is_read_by_the_rules_of_the_standard(
    stream: bytes, events: list[StreamEvent]
) -> None:
    assert parsed(stream) == events


LINES = st.sampled_from(
    [b"data: x", b"data", b"data:", b"id: 1", b"id: \0", b"event: e", b": c", b"", b"", b"retry: 1"]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
SCRAPS = st.sampled_from([b"\n", b"\r", b":", b"data", b" ", b"\xef\xbb\xbf", b"\xc3", b"a"])
STREAMS = (
    st.lists(st.tuples(LINES, ENDS).map(b"".join)).map(b"".join)
    | st.lists(SCRAPS).map(b"".join)
    | st.binary()
)


@given(STREAMS, st.data())
def test_it_does_not_matter_where_a_stream_is_split(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert parsed(*pieces) == parsed(stream)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), min_size=1
        )
    )
)
def test_what_was_written_as_events_is_read_as_these(events: list[list[str]]) -> None:
    stream = "".join(
        "".join(f"data: {line}\n" for line in lines) + "\n" for lines in events
    ).encode()
    assert [event.data for event in parsed(stream)] == ["\n".join(lines) for lines in events]


def test_behind_a_gap_reading_goes_on_with_the_next_event() -> None:
    parser = EventStreamParser()
    assert list(parser.feed(b"id: 1\ndata: 1\n\ndata: torn")) == [message("1", "1")]
    parser.skip()
    assert list(parser.feed(b"the rest\ndata: of another\n\ndata: whole\n\n")) == [
        message("whole", "1")
    ]


def test_an_event_without_end_is_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "MAX_EVENT", 20)
    line, lines = parsed(b"data: " + b"x" * 100 + b"\n\n", b"data: 123456\n" * 9 + b"\n")
    assert line.data == "x" * 14
    assert lines.data == "123456\n123456\n123456"


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (b"text/event-stream", True),
        (b"Text/Event-Stream; charset=utf-8", True),
        (b"text/event-streams", False),
        (b"application/json", False),
    ],
)
def test_the_content_type_says_what_an_event_stream_is(value: bytes, *, is_one: bool) -> None:
    assert is_event_stream([(b"Server", b"x"), (b"Content-Type", value)]) is is_one


def test_without_content_type_there_is_no_event_stream() -> None:
    assert not is_event_stream([("server", "x")])
