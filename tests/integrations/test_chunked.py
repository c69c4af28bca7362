"""The chunked coding, read by http.client from a real socket in every possible portion."""

from __future__ import annotations

import http.client
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.integrations._chunked import ChunkedSplitter
from tests.integrations.recording import recording

_PAYLOADS = st.lists(st.binary(min_size=1, max_size=40), max_size=6)
_EXTENSIONS = st.sampled_from([b"", b";a=1", b' ;name="x"'])
_TRAILERS = st.sampled_from([b"", b"Digest: x\r\n", b"A: 1\r\nB: 2\r\n"])


def _wire(payloads: list[bytes], extension: bytes, trailer: bytes) -> bytes:
    chunks = (b"%X%b\r\n%b\r\n" % (len(each), extension, each) for each in payloads)
    return b"".join(chunks) + b"0" + extension + b"\r\n" + trailer + b"\r\n"


def _read(response: Any, sizes: list[int]) -> bytes:
    body = b""
    for number, size in enumerate(sizes):
        read = response.read1 if number % 3 == 0 else response.read
        if number % 3 == 1:
            buffer = bytearray(size)
            body += buffer[: response.readinto(buffer)]
        else:
            body += read(size)
    return body + bytes(response.read())


@given(_PAYLOADS, _EXTENSIONS, _TRAILERS, st.lists(st.integers(1, 50), max_size=8))
def test_the_payload_is_what_the_program_read(
    payloads: list[bytes], extension: bytes, trailer: bytes, sizes: list[int]
) -> None:
    wire = _wire(payloads, extension, trailer)
    ours, theirs = socket.socketpair()
    connection = http.client.HTTPConnection("example.test")
    connection.sock = ours
    with theirs, recording() as recorded:
        theirs.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + wire)
        connection.request("GET", "/")
        body = _read(connection.getresponse(), sizes)
        connection.close()
    assert body == b"".join(payloads)
    assert recorded.only().received == body
    assert recorded.only().end.encoded_length == len(wire)


@given(_PAYLOADS, _EXTENSIONS, _TRAILERS, st.data())
def test_the_cuts_do_not_matter(
    payloads: list[bytes], extension: bytes, trailer: bytes, data: st.DataObject
) -> None:
    wire = _wire(payloads, extension, trailer)
    splitter = ChunkedSplitter()
    payload = b""
    while wire:
        count = data.draw(st.integers(1, len(wire)))
        assert not splitter.ended
        payload += splitter.feed(wire[:count])
        wire = wire[count:]
    assert payload == b"".join(payloads)
    assert splitter.ended


@given(st.lists(st.binary(max_size=30)))
def test_any_bytes_are_taken(pieces: list[bytes]) -> None:
    splitter = ChunkedSplitter()
    payload = b"".join(map(splitter.feed, pieces))
    assert len(payload) <= sum(map(len, pieces))


@pytest.mark.parametrize("line", [b"not a size\r\n", b"-5\r\n", b"\r\n"])
def test_after_nonsense_the_rest_is_payload(line: bytes) -> None:
    splitter = ChunkedSplitter()
    assert splitter.feed(line + b"the rest") == b"the rest"
    assert not splitter.ended
