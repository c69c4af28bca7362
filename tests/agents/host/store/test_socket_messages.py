"""How frames become messages, and how many of them are kept."""

from __future__ import annotations

import errno
import os

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.budget import Budget
from tapscope.agents.host.store.exchange import Exchange
from tapscope.agents.host.store.process import Process
from tapscope.agents.host.store.recorder import Recorder
from tapscope.agents.host.store.socket_messages import SocketMessage, SocketMessages
from tapscope.agents.host.store.spill import Place, Spill
from tapscope.agents.link.messages import SocketFrame, SocketOpening

PLENTY = 1_000_000


def frame(
    data: bytes = b"", opcode: int = 1, *, sent: bool = True, final: bool = True, length: int = -1
) -> SocketFrame:
    return SocketFrame(1, 5, opcode, data, len(data) if length < 0 else length, sent, final, None)


def told(messages: SocketMessages) -> list[tuple[int, bytes, bool]]:
    return [(message.opcode, message.data, message.sent) for message in messages]


def joined(*frames: SocketFrame, limit: int = PLENTY) -> SocketMessages:
    messages = SocketMessages()
    for each in frames:
        messages.add(each, limit)
    return messages


def test_a_frame_is_a_message() -> None:
    assert told(joined(frame(b"a"), frame(b"\0", 2, sent=False))) == [
        (1, b"a", True),
        (2, b"\0", False),
    ]


def test_frames_of_one_message_are_joined_also_around_control_frames() -> None:
    messages = joined(
        frame(b"one ", final=False),
        frame(b"theirs ", 2, sent=False, final=False),
        frame(b"?", 9),
        frame(b"two ", 0, final=False),
        frame(b"too", 0, sent=False),
        frame(b"three", 0),
    )
    assert told(messages) == [
        (9, b"?", True),
        (2, b"theirs too", False),
        (1, b"one two three", True),
    ]


def test_only_a_last_frame_makes_a_new_message() -> None:
    messages = SocketMessages()
    messages.add(frame(b"a", final=False), PLENTY)
    assert messages.newest is None
    messages.add(frame(b"b", 0), PLENTY)
    assert messages.newest == SocketMessage(5, 1, b"ab", 2, sent=True)


def test_what_was_cut_tells_its_whole_length() -> None:
    whole, pieces = joined(
        frame(b"abc", length=1000),
        frame(b"abc", final=False, length=1000),
        frame(b"def", 0),
    )
    assert (whole.data, whole.length) == (b"abc", 1000)
    assert (pieces.data, pieces.length) == (b"abc", 1003)


def test_the_newest_messages_are_kept_and_the_others_counted() -> None:
    messages = joined(*(frame(b"%d" % n) for n in range(100)), limit=1000)
    kept = [message.data for message in messages]
    assert kept[-1] == b"99"
    assert messages.missing == 100 - len(kept)
    assert "1,000 bytes" in messages.cut


FRAMES = st.builds(
    frame,
    st.binary(max_size=300),
    st.sampled_from([0, 1, 2, 8, 9]),
    sent=st.booleans(),
    final=st.booleans(),
    length=st.integers(-1, 5000),
)


@given(st.lists(FRAMES), st.integers(0, 2000))
def test_never_more_is_kept_than_allowed_and_the_count_is_true(
    frames: list[SocketFrame], limit: int
) -> None:
    messages, complete = SocketMessages(), 0
    for each in frames:
        messages.add(each, limit)
        complete += messages.newest is not None
        data = sum(len(message.data) for message in messages)
        assert data <= messages.kept <= messages.held <= limit
        assert len(list(messages)) == complete - messages.missing
    messages.drop("no room")
    assert (messages.kept, messages.held, list(messages)) == (0, 0, [])
    assert messages.missing == complete


MOVE = "move"


HONEST = FRAMES.map(lambda each: attrs.evolve(each, length=max(each.length, len(each.data))))


@given(st.lists(HONEST | st.just(MOVE), max_size=30), st.integers(200, 3000))
def test_messages_that_went_to_a_file_are_the_same_as_in_memory(
    steps: list[SocketFrame | str], limit: int
) -> None:
    """As long as they are kept, which those in a file are longer; only what is halfway is lost."""
    spill = Spill(1_000_000)
    moved, stayed = SocketMessages(), SocketMessages()
    for step in steps:
        if isinstance(step, str):
            while moved.move(spill):
                pass
            assert moved.held == 0
        else:
            moved.add(step, limit)
            stayed.add(step, limit)
    several = list(moved)
    assert len(several) >= len(list(stayed))
    for one, other in zip(reversed(several), reversed(list(stayed)), strict=False):
        assert (one.opcode, one.length, one.sent) == (other.opcode, other.length, other.sent)
        assert other.data == one.data or not one.data
    assert moved.kept >= sum(len(each.data) for each in several)


def test_long_messages_go_to_a_file_in_pieces_and_are_let_go_in_such() -> None:
    messages, spill = joined(*(frame(b"x" * 30_000) for _ in range(10))), Spill(1_000_000)
    places: list[Place] = []
    while (place := messages.move(spill)) is not None:
        places.append(place)
    assert len(places) == 5
    messages.lose(places[1], "no room in the file")
    assert (len(list(messages)), messages.missing, messages.cut) == (6, 4, "no room in the file")
    assert (messages.kept, messages.held) == (180_000, 0)


def test_what_a_file_does_not_give_back_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = joined(frame(b"abc"))
    messages.move(Spill(1000))
    messages.add(frame(b"def"), PLENTY)

    def broken(*_arguments: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "pread", broken)
    assert [message.data for message in messages] == [b"def"]
    assert (messages.missing, messages.kept) == (1, 3)
    assert "can't be read: [Errno 5]" in messages.cut


def test_a_message_that_is_moved_halfway_keeps_its_length() -> None:
    messages = joined(frame(b"abc", final=False))
    assert messages.move(Spill(1000)) is None
    messages.add(frame(b"def", 0), PLENTY)
    [message] = messages
    assert (message.data, message.length) == (b"", 6)


def test_messages_count_for_the_limit_of_all_bodies() -> None:
    recorder = Recorder(Budget(total_bytes=1000, body_bytes=800))
    process = Process(1, 7, "shop.py", "/srv", 0, ())
    exchanges: list[Exchange | None] = []
    for number in (1, 2):
        opening = SocketOpening(number, 1, "websocket.client", "ws://shop/", (), 0, "main", None)
        exchanges.append(recorder.record(process, opening))
        for _ in range(3):
            recorder.record(process, SocketFrame(number, 2, 1, b"x", 1, True, True, None))
    first, second = (exchange.messages for exchange in exchanges if exchange is not None)
    assert first is not None
    assert second is not None
    assert (list(first), first.missing, first.cut) == (
        [], 3, "the limit for all bodies is 1,000 bytes"
    )  # fmt: skip
    assert len(list(second)) == 3


@pytest.mark.parametrize("opcode", [0, 1, 2])
def test_a_message_that_is_dropped_halfway_keeps_its_length(opcode: int) -> None:
    messages = joined(frame(b"abc", opcode, final=False))
    messages.drop("no room")
    messages.add(frame(b"def", 0), PLENTY)
    assert messages.newest == SocketMessage(5, opcode, b"", 6, sent=True)
