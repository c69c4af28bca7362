from __future__ import annotations

import base64
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.content import MAX_DECODED, ContentDecoder, ContentType, display

TEXT = b"What a piece of work is a man! " * 40


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def decoded(encoding: str, *pieces: bytes) -> bytes:
    decoder = ContentDecoder(encoding)
    return b"".join(decoder.decode(piece) for piece in pieces)


def single_bytes(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


@pytest.mark.parametrize(
    ("header", "mime_type", "charset"),
    [
        ("text/html", "text/html", ""),
        ("Text/HTML; Charset=UTF-8", "text/html", "utf-8"),
        ('text/html;charset="latin-1"', "text/html", "latin-1"),
        ("text/html; charset='utf-8'; x=y", "text/html", "utf-8"),
        ("text/html; x=y ; charset = ascii", "text/html", "ascii"),
        ("application/problem+json", "application/problem+json", ""),
        ("multipart/form-data; boundary=----x", "multipart/form-data", ""),
        ("text/html; charset=", "text/html", ""),
        ("", "", ""),
        ("text", "", ""),
        ("a/b/c", "", ""),
        ("/", "", ""),
        ("text/html, text/plain", "", ""),
        ("; charset=utf-8", "", ""),
    ],
)
def test_a_content_type_is_read_as_browsers_do(header: str, mime_type: str, charset: str) -> None:
    assert ContentType.parse(header) == ContentType(mime_type, charset)


@given(st.text() | st.text(st.sampled_from("text/html; charset*=\"'\\\r\n\0\ud800%")))
def test_no_content_type_is_an_error(header: str) -> None:
    parsed = ContentType.parse(header)
    assert parsed.mime_type == parsed.mime_type.lower()
    assert not set(parsed.mime_type) & set(" ;\n")


@given(st.binary(max_size=200), st.text(max_size=30), st.sampled_from(["text/x", "image/png", ""]))
def test_every_body_can_be_displayed_whatever_its_charset_says(
    data: bytes, charset: str, mime_type: str
) -> None:
    shown = display(data, ContentType(mime_type, charset))
    shown.text.encode()
    if shown.base64_encoded:
        assert base64.b64decode(shown.text) == data


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("grün".encode(), "text/plain; charset=utf-8", "grün"),
        ("grün".encode("latin-1"), "text/plain; charset=iso-8859-1", "grün"),
        ("grün".encode("utf-16"), "text/plain; charset=utf-16", "grün"),
        (b"gr\xfcn", "text/plain", "gr\ufffdn"),
        ("grün".encode(), "", "grün"),
        ("grün".encode(), "image/png", "grün"),
        ("grün".encode(), "text/plain; charset=utf8mb4", "grün"),
        ("grün".encode(), "text/plain; charset=idna", "grün"),
        (b"a\\u0041", "text/plain; charset=unicode_escape", "a\\u0041"),
        (b"616263", "text/plain; charset=hex", "616263"),
        (b"", "image/png", ""),
    ],
)
def test_text_is_shown_as_text(data: bytes, content_type: str, text: str) -> None:
    shown = display(data, ContentType.parse(content_type))
    assert (shown.text, shown.base64_encoded) == (text, False)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"\x89PNG\xff", "image/png"),
        (b"\xff\xfe\xfd", ""),
        (b"gr\xfcn", "application/octet-stream"),
        (b"+2AA-", "text/plain; charset=utf-7"),
    ],
)
def test_what_is_no_text_is_shown_as_base64(data: bytes, content_type: str) -> None:
    shown = display(data, ContentType.parse(content_type))
    assert shown.base64_encoded
    assert base64.b64decode(shown.text) == data


ENCODED = [
    ("gzip", gzip.compress(TEXT)),
    ("x-gzip", gzip.compress(TEXT)),
    (" GZip ", gzip.compress(TEXT)),
    ("gzip", gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:])),
    ("gzip", gzip.compress(TEXT) + bytes(100)),
    ("deflate", zlib.compress(TEXT)),
    ("deflate", raw_deflate(TEXT)),
    ("", TEXT),
    ("identity", TEXT),
]


@pytest.mark.parametrize(("encoding", "data"), ENCODED)
def test_a_body_is_decoded_whole_or_byte_by_byte(encoding: str, data: bytes) -> None:
    assert decoded(encoding, data) == TEXT
    assert decoded(encoding, *single_bytes(data)) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "nonsense"])
def test_a_body_that_is_not_encoded_as_announced_comes_out_as_it_is(encoding: str) -> None:
    assert decoded(encoding, TEXT) == TEXT
    assert decoded(encoding, *single_bytes(TEXT)) == TEXT


@pytest.mark.parametrize(("encoding", "data"), ENCODED[:1] + ENCODED[5:7])
def test_a_body_that_is_cut_short_is_decoded_so_far(encoding: str, data: bytes) -> None:
    assert TEXT.startswith(decoded(encoding, data[:-10]))


@given(st.sampled_from(["gzip", "deflate"]), st.lists(st.binary(max_size=60), max_size=6))
def test_garbage_is_no_error(encoding: str, pieces: list[bytes]) -> None:
    assert isinstance(decoded(encoding, *pieces), bytes)


@given(st.data())
def test_a_damaged_stream_is_no_error(data: st.DataObject) -> None:
    stream = bytearray(gzip.compress(TEXT))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(stream)))
    assert isinstance(decoded("gzip", bytes(stream[:cut]), bytes(stream[cut:])), bytes)


def test_a_bomb_is_cut() -> None:
    bomb = gzip.compress(bytes(2 * MAX_DECODED))
    assert len(decoded("gzip", bomb)) == MAX_DECODED
    assert len(decoded("gzip", bomb[:1000], bomb[1000:], b"more")) == MAX_DECODED


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
