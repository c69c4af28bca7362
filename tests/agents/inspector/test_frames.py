"""What leaves as frames is what any WebSocket client reads as messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode

from tapscope.agents.host.inspector.frames import text_frames


def read(data: bytes) -> list[str]:
    client = FrameProtocol(client=True, extensions=[])
    client.receive_bytes(data)
    frames = list(client.received_frames())
    assert all(frame.opcode is Opcode.TEXT and frame.message_finished for frame in frames)
    return [str(frame.payload) for frame in frames]


@given(st.lists(st.text()))
def test_messages_come_back_as_they_were(messages: list[str]) -> None:
    assert read(text_frames([message.encode() for message in messages])) == messages


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 1_000_000])
def test_every_length_has_its_header(size: int) -> None:
    assert read(text_frames([b"x" * size, b"next"])) == ["x" * size, "next"]
