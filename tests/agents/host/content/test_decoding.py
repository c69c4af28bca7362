from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.content.codings import zstd_module
from tapscope.agents.host.content.decoding import MAX_DECODED, ContentDecoder

brotli: Any = import_module("brotli")  # it has no stubs
zstd = zstd_module()

TEXT = b"What a piece of work is a man! " * 40


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def decoded(encoding: str, *pieces: bytes) -> bytes:
    decoder = ContentDecoder(encoding)
    return b"".join(decoder.decode(piece) for piece in pieces)


def single_bytes(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


SKIPPED = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
ENCODINGS = st.sampled_from(["gzip", "deflate", "br", "zstd", "br, gzip", "zstd, br"])

ENCODED: list[tuple[str, bytes]] = [
    ("gzip", gzip.compress(TEXT)),
    ("x-gzip", gzip.compress(TEXT)),
    (" GZip ", gzip.compress(TEXT)),
    ("gzip", gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:])),
    ("gzip", gzip.compress(TEXT) + bytes(100)),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", raw_deflate(TEXT)),
    ("br", brotli.compress(TEXT)),
    ("zstd", zstd.compress(TEXT)),
    ("ZSTD", zstd.compress(TEXT[:500]) + SKIPPED + zstd.compress(TEXT[500:])),
    ("zstd", zstd.compress(TEXT) + bytes(100)),
    ("gzip, br", brotli.compress(gzip.compress(TEXT))),
    ("br,identity , gzip,", gzip.compress(brotli.compress(TEXT))),
    ("deflate, zstd, gzip", gzip.compress(zstd.compress(zlib.compress(TEXT)))),
    ("", TEXT),
    ("identity", TEXT),
]


@pytest.mark.parametrize(("encoding", "data"), ENCODED)
def test_a_body_is_decoded_whole_or_byte_by_byte(encoding: str, data: bytes) -> None:
    assert decoded(encoding, data) == TEXT
    assert decoded(encoding, *single_bytes(data)) == TEXT


@pytest.mark.parametrize(
    "encoding", ["gzip", "deflate", "br", "zstd", "nonsense", "gzip, br", ",".join(["gzip"] * 99)]
)
def test_a_body_that_is_not_encoded_as_announced_comes_out_as_it_is(encoding: str) -> None:
    assert decoded(encoding, TEXT) == TEXT
    assert decoded(encoding, *single_bytes(TEXT)) == TEXT
    decoder = ContentDecoder(encoding)
    decoder.decode(TEXT)
    assert "as it came" in decoder.trouble
    assert encoding.rpartition(" ")[2][:20] in decoder.trouble


CUT = [item for item in ENCODED if item[1] is not TEXT]


@pytest.mark.parametrize(("encoding", "data"), CUT)
def test_a_body_that_is_cut_short_is_decoded_so_far(encoding: str, data: bytes) -> None:
    for end in range(len(data)):
        decoder = ContentDecoder(encoding)
        assert TEXT.startswith(decoder.decode(data[:end]))
        assert decoder.trouble == ""


@given(ENCODINGS, st.lists(st.binary(max_size=60), max_size=6))
def test_garbage_is_no_error(encoding: str, pieces: list[bytes]) -> None:
    assert isinstance(decoded(encoding, *pieces), bytes)


@pytest.mark.parametrize(("encoding", "whole"), CUT)
@given(data=st.data())
def test_a_damaged_stream_is_no_error(data: st.DataObject, encoding: str, whole: bytes) -> None:
    stream = bytearray(whole)
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(stream)))
    assert isinstance(decoded(encoding, bytes(stream[:cut]), bytes(stream[cut:])), bytes)


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=1),
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_is_cut(encoding: str) -> None:
    bomb = BOMBS[encoding](bytes(2 * MAX_DECODED))
    for pieces in ([bomb], [bomb[:1000], bomb[1000:], b"more"]):
        decoder = ContentDecoder(encoding)
        assert sum(len(decoder.decode(piece)) for piece in pieces) == MAX_DECODED
        assert "is cut after 50,000,000 bytes" in decoder.trouble


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_bomb_does_not_fill_the_memory(encoding: str) -> None:
    bomb = BOMBS[encoding](bytes(4 * MAX_DECODED))
    for _ in range(3):
        bomb = BOMBS[encoding](bomb)
    tracemalloc.start()
    ContentDecoder(", ".join([encoding] * 4)).decode(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MAX_DECODED


def test_a_frame_that_wants_more_memory_than_browsers_grant_is_not_decoded() -> None:
    wide = {zstd.CompressionParameter.window_log: 27}
    compressor = zstd.ZstdCompressor(options=wide)
    stream = compressor.compress(TEXT) + compressor.flush()
    decoder = ContentDecoder("zstd")
    assert decoder.decode(stream) == stream
    assert "does not fit" in decoder.trouble


@pytest.mark.parametrize(("name", "package"), [("br", "brotli"), ("zstd", "backports.zstd")])
def test_without_its_package_a_body_is_shown_as_it_came_and_that_is_said(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    decoder = ContentDecoder(name)
    assert decoder.decode(b"bytes") == b"bytes"
    assert package in decoder.trouble


def test_what_follows_a_gap_is_not_decoded_to_nonsense() -> None:
    stream = gzip.compress(TEXT)
    decoder = ContentDecoder("gzip")
    decoder.decode(stream[:20])
    decoder.skip()
    assert decoder.decode(stream[30:]) == b""


def test_what_is_not_encoded_goes_on_after_a_gap() -> None:
    decoder = ContentDecoder("")
    decoder.skip()
    assert decoder.decode(b"more") == b"more"


def test_a_short_text_that_could_begin_a_stream_is_shown_as_it_came() -> None:
    decoder = ContentDecoder("br")
    assert decoder.decode(b"plain after all") + decoder.finish() == b"plain after all"
    assert "it ends too early" in decoder.trouble


@pytest.mark.parametrize(("encoding", "data"), ENCODED)
def test_at_the_end_of_what_is_whole_nothing_comes(encoding: str, data: bytes) -> None:
    decoder = ContentDecoder(encoding)
    assert decoder.finish() == b""
    assert (decoder.decode(data), decoder.finish(), decoder.trouble) == (TEXT, b"", "")
