from __future__ import annotations

import tracemalloc
from typing import Any

import attrs
import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.link import Decoder, Encoder, LinkError
from tapscope.agents.link.codec import MAX_ITEMS, MAX_MESSAGE
from tapscope.agents.link.messages import (
    MAGIC,
    MESSAGES,
    VERSION,
    BodyChunk,
    Dropped,
    Goodbye,
    Hello,
    Message,
    Refused,
    Released,
    RequestStarted,
)
from tests.agents.link.samples import MESSAGE, instances

REFUSED = MESSAGES.index(Refused)


def decoded(*pieces: bytes, magic: bool = False) -> list[Message]:
    decoder = Decoder(magic=magic)
    return [message for piece in pieces for message in decoder.feed(piece)]


def encoded(*messages: Message) -> bytes:
    encoder = Encoder()
    for message in messages:
        encoder.add_message(message)
    return encoder.take()


@pytest.mark.parametrize("kind", MESSAGES)
@given(data=st.data())
def test_every_message_comes_out_as_it_went_in(kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(instances(kind))
    assert decoded(encoded(message)) == [message]


@given(st.lists(MESSAGE, max_size=4), st.data())
def test_messages_may_be_split_and_glued_anywhere(
    messages: list[Message], data: st.DataObject
) -> None:
    stream = MAGIC + encoded(*messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    edges = zip([0, *cuts], [*cuts, len(stream)], strict=True)
    assert decoded(*(stream[start:end] for start, end in edges), magic=True) == messages


def test_messages_may_come_byte_by_byte() -> None:
    messages: list[Message] = [
        Hello("t", "program", 1, "title"),
        BodyChunk(1, 2, 3, b"abc", sent=False),
    ]
    stream = MAGIC + encoded(*messages)
    assert decoded(*(bytes([byte]) for byte in stream), magic=True) == messages


@given(MESSAGE, st.data())
def test_a_torn_last_message_is_never_delivered(message: Message, data: st.DataObject) -> None:
    stream = encoded(Released(), message)
    kept = data.draw(st.integers(len(encoded(Released())), len(stream) - 1))
    assert decoded(stream[:kept]) == [Released()]


@given(st.lists(st.binary(max_size=200), max_size=5), st.booleans())
def test_garbage_is_nothing_but_a_link_error(pieces: list[bytes], magic: bool) -> None:  # noqa: FBT001
    opening = [MAGIC] if magic else []
    try:
        messages = decoded(*opening, *pieces, magic=magic)
    except LinkError:
        return
    assert all(isinstance(message, MESSAGES) for message in messages)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(st.integers(-2, len(MESSAGES)) | ANYTHING, st.lists(ANYTHING, max_size=12))
def test_an_array_of_anything_is_a_message_as_its_class_says_or_a_link_error(
    number: Any, fields: list[Any]
) -> None:
    try:
        [*messages] = decoded(msgpack.packb([number, *fields]))
    except LinkError:
        return
    for message in messages:
        [again] = decoded(encoded(message))
        assert repr(again) == repr(message)


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        (RequestStarted(1, 2, "GET", "http://a/", (), 0, "t", None, None), "url", None),
        (RequestStarted(1, 2, "GET", "http://a/", (), 0, "t", None, None), "id", "1"),
        (RequestStarted(1, 2, "GET", "http://a/", (), 0, "t", None, None), "headers", (("a",),)),
        (RequestStarted(1, 2, "GET", "http://a/", (), 0, "t", None, None), "headers", ((1, 2),)),
        (RequestStarted(1, 2, "GET", "http://a/", (), 0, "t", None, None), "headers", "ab"),
        (BodyChunk(1, 2, 3, b"abc", sent=True), "data", "abc"),
        (Hello("t", "program", 1), "token", 5),
        (Hello("t", "program", 1), "libraries", (1,)),
    ],
)
def test_a_field_of_another_type_is_a_link_error(message: Message, field: str, value: Any) -> None:
    with pytest.raises(LinkError):
        decoded(encoded(attrs.evolve(message, **{field: value})))


@pytest.mark.parametrize(
    "opening",
    [
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01",
        b"tapscope-link/2\n",
        b"tapscope-link/10\n",
        b"Tapscope",
        b"\n",
    ],
)
def test_a_stranger_or_another_version_is_refused_at_its_first_wrong_byte(opening: bytes) -> None:
    with pytest.raises(LinkError, match="stranger or another version"):
        decoded(opening, magic=True)


def test_the_version_is_in_the_first_bytes() -> None:
    assert f"/{VERSION}\n".encode() in MAGIC


def test_the_magic_is_expected_once() -> None:
    with pytest.raises(LinkError):
        decoded(MAGIC, MAGIC, magic=True)


def test_a_field_that_a_newer_sender_has_added_is_left_out() -> None:
    assert decoded(msgpack.packb([REFUSED, "reason", "added", 7])) == [Refused("reason")]


def test_a_class_that_a_newer_sender_has_added_is_passed_over() -> None:
    added = msgpack.packb([len(MESSAGES), "what", "ever"])
    assert decoded(added + encoded(Goodbye())) == [Goodbye()]


def test_a_message_above_the_limit_is_not_encoded_and_takes_no_other_along() -> None:
    encoder = Encoder()
    encoder.add_message(Released())
    with pytest.raises(ValueError, match="may have"):
        encoder.add(REFUSED, "x" * MAX_MESSAGE)
    encoder.add_message(Goodbye())
    assert decoded(encoder.take()) == [Released(), Goodbye()]


@pytest.mark.parametrize("unpackable", [object(), 2**64, {1: object()}, [[object()]]])
def test_what_cannot_be_packed_takes_no_other_message_along(unpackable: object) -> None:
    encoder = Encoder()
    encoder.add_message(Released())
    with pytest.raises((TypeError, OverflowError)):
        encoder.add(REFUSED, "begun", unpackable)
    encoder.add_message(Goodbye())
    assert decoded(encoder.take()) == [Released(), Goodbye()]


def test_the_longest_message_is_carried_with_what_is_glued_to_it() -> None:
    longest = Refused("x" * (MAX_MESSAGE - 10))
    stream = encoded(longest) + encoded(Goodbye())
    assert decoded(stream) == [longest, Goodbye()]


def test_a_message_above_the_limit_is_refused_before_it_is_whole() -> None:
    assert decoded(b"\x92\x0a\xdb" + (MAX_MESSAGE + 1).to_bytes(4, "big"), bytes(1000)) == []
    with pytest.raises(LinkError):
        decoded(b"\x92\x0a\xdb" + (MAX_MESSAGE + 1).to_bytes(4, "big"), bytes(MAX_MESSAGE))


def test_a_message_of_many_small_parts_has_the_same_limit() -> None:
    decoder = Decoder(magic=False)
    part = b"\xdc\x3f\xff" + (b"\xc4\xff" + bytes(255)) * 4096
    fed = 0
    while fed <= MAX_MESSAGE - len(part):
        assert list(decoder.feed(part)) == []
        fed += len(part)
    with pytest.raises(LinkError):
        list(decoder.feed(part))


@pytest.mark.parametrize(
    "bomb",
    [
        b"\xdd" + (2**32 - 1).to_bytes(4, "big"),
        b"\xdd" + (MAX_ITEMS + 1).to_bytes(4, "big"),
        b"\xdf" + (2**32 - 1).to_bytes(4, "big"),
        b"\xc9" + (2**32 - 1).to_bytes(4, "big") + b"\x01",
        b"\x91" * 2000,
    ],
    ids=["array", "items", "map", "extension", "depth"],
)
def test_few_bytes_cannot_announce_much(bomb: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(LinkError):
        decoded(b"\x92\x0a" + bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def test_text_that_is_no_utf8_is_replaced_and_not_refused() -> None:
    assert decoded(b"\x92\x0a\xa3a\xffb") == [Refused("a\ufffdb")]
    assert decoded(encoded(Refused("a\udcffb"))) == [Refused("a?b")]


def test_the_encoder_says_how_much_waits() -> None:
    encoder = Encoder()
    encoder.add_message(Dropped(1, 2))
    assert encoder.size == len(encoder.take())
    assert encoder.size == 0
