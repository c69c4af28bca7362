"""How WebSockets get on the link."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from tapscope.agents.link import Decoder, messages
from tapscope.agents.link.messages import Message, StackDefined
from tapscope.agents.tap.encoder import MAX_FRAME, EventEncoder
from tapscope.agents.tap.queue import EventQueue
from tapscope.channels import capture_stack
from tapscope.channels.websocket import (
    Frame,
    SocketClosed,
    SocketFailed,
    SocketOpened,
    SocketOpening,
)

OPENING = SocketOpening(1, 2, "ws://shop/", [("Host", "shop")], (), "main", 7)
OPENED = SocketOpened(1, 3, 101, "Switching Protocols", [(b"Upgrade", b"websocket")], "chat")
CLOSED = SocketClosed(1, 9, 1000, "bye", clean=True)


def frame(data: Any, opcode: int = 1) -> Frame:
    return Frame(1, 4, opcode, data, sent=True, final=False, encoded_length=5)


def queue(max_events: int = 100, max_bytes: int = 1000) -> EventQueue:
    return EventQueue(EventEncoder(), lambda: False, max_events, max_bytes)


def carried(events: EventQueue) -> list[Message]:
    decoder, told = Decoder(magic=False), list[Message]()
    while (encoded := events.pop()) is not None:
        told += decoder.feed(encoded)
    return told


def test_each_event_arrives_with_all_its_fields() -> None:
    events = queue()
    events.socket_opening(OPENING, "websocket.client.start")
    events.socket_opened(OPENED, "")
    events.socket_frame(frame("grüß"), "")
    events.socket_closed(CLOSED, "")
    _, *told = carried(events)
    assert told == [
        messages.SocketOpening(
            1, 2, "websocket.client", "ws://shop/", (("Host", "shop"),), 1, "main", 7
        ),
        messages.SocketOpened(
            1, 3, 101, "Switching Protocols", ((b"Upgrade", b"websocket"),), "chat"
        ),
        messages.SocketFrame(1, 4, 1, "grüß".encode(), 6, True, False, 5),
        messages.SocketClosed(1, 9, 1000, "bye", True),
    ]


def test_the_stack_comes_before_what_refers_to_it() -> None:
    events = queue()
    events.socket_opening(attrs.evolve(OPENING, stack=capture_stack()), "websocket.server.start")
    defined, opening = carried(events)
    assert isinstance(defined, StackDefined)
    assert isinstance(opening, messages.SocketOpening)
    assert (opening.stack, opening.lifecycle) == (defined.id, "websocket.server")


@pytest.mark.parametrize("data", [b"abc", bytearray(b"abc"), memoryview(b"abc"), "abc"])
def test_a_payload_may_be_of_any_kind_of_bytes(data: object) -> None:
    events = queue()
    events.socket_frame(frame(data), "")
    (told,) = carried(events)
    assert isinstance(told, messages.SocketFrame)
    assert (told.data, told.length) == (b"abc", 3)


def test_of_a_long_payload_the_beginning_is_carried_and_the_length_told() -> None:
    events = queue(max_bytes=10 * MAX_FRAME)
    events.socket_frame(frame(b"x" * (MAX_FRAME + 1), 2), "")
    (told,) = carried(events)
    assert isinstance(told, messages.SocketFrame)
    assert (len(told.data), told.length) == (MAX_FRAME, MAX_FRAME + 1)


def test_when_the_queue_is_full_payloads_go_first_and_then_frames() -> None:
    events = queue(max_events=5)
    events.socket_opening(OPENING, "websocket.client.start")
    for _ in range(100):
        events.socket_frame(frame(b"abc"), "")
    events.socket_closed(CLOSED, "")
    told = carried(events)
    frames = [each for each in told if isinstance(each, messages.SocketFrame)]
    kept = [each for each in frames if each.data]
    assert 0 < len(kept) < len(frames) < 12
    assert {each.length for each in frames} == {3}
    assert events.dropped_body_bytes == 3 * (100 - len(kept))
    assert isinstance(told[-1], messages.SocketClosed)


def test_a_socket_that_began_when_the_queue_was_full_is_left_out_as_a_whole() -> None:
    events = queue(max_events=0)
    events.socket_frame(frame(b"abc"), "")
    events.socket_opening(attrs.evolve(OPENING, id=2), "websocket.client.start")
    assert events.dropped_exchanges == 1
    carried(events)
    events.socket_opened(attrs.evolve(OPENED, id=2), "")
    events.socket_frame(attrs.evolve(frame(b"abc"), id=2), "")
    events.error(SocketFailed(2, 9, OSError("gone")), "")
    assert carried(events) == []
