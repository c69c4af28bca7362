"""Bodies: what is hidden in them, what is withheld, and what is told as it comes."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from tapscope.agents.link.messages import (
    BodyChunk,
)
from tapscope.agents.redaction import CREDENTIALS, Rules
from tapscope.agents.tap.holding import MAX_HELD
from tapscope.agents.tap.queue import MAX_BYTES
from tapscope.channels import http
from tapscope.channels.exchange import ClientExchange
from tests.agents.redaction.exchanges import JSON, Body, body, exchange, redacting


@pytest.mark.parametrize(
    ("path", "document", "shown"),
    [
        ("$.user.password", '{"user": {"password": "x"}}', '{"user": {"password": "[redacted]"}}'),
        ("$.user.password", '{"password": "x"}', None),
        (
            "$.a[*].b",
            '{"a": [{"b": 1.50}, {"c": 1.50}]}',
            '{"a": [{"b": "[redacted]"}, {"c": 1.50}]}',
        ),
        ("$[1]", "[1, {}, 2]", '[1, "[redacted]", 2]'),
        ("$..pin", '[{"x": {"pin": [1]}}]', '[{"x": {"pin": "[redacted]"}}]'),
        ("$['a.b']", '{"a.b" : true }', '{"a.b" : "[redacted]" }'),
        ("$.*", '{"a":1,"b":null}', '{"a":"[redacted]","b":null}'),
        ("password", '{"a":[{"PassWord":"x"}]}', '{"a":[{"PassWord":"[redacted]"}]}'),
        ("password", '{"p\\u0061ssword":"x","":{}}', '{"p\\u0061ssword":"[redacted]","":{}}'),
        (
            "password",
            '{"password":1,"password":"2"}',
            '{"password":"[redacted]","password":"[redacted]"}',
        ),
        ("password", '[1e400, -0, "\\u00e4", 12345678901234567890123]', None),
    ],
)
def test_of_json_only_the_value_changes(path: str, document: str, shown: str | None) -> None:
    """Spaces, numbers and escapes stay as they were written."""
    assert body(Rules(json={path}), document.encode()).decode() == (shown or document)


@pytest.mark.parametrize(
    ("data", "content_type", "coding", "reason"),
    [
        (b'{"password": "secret!"', JSON, "", "not json"),
        (b"[" * 100_000, JSON, "", "not json"),
        (b'{"password": "\xff"}', JSON, "", "no text"),
        (b'{"password": "secret!"}', JSON, "gzip", "not gzip"),
        (gzip.compress(b'{"password": "secret!"}')[:-12], JSON, "gzip", "not whole"),
        (b'{"password": "secret!"}', JSON, "rot13", "unknown coding"),
        (gzip.compress(bytes(2_000_000)), JSON, "gzip", "too much"),
        (b"x" * 1_000_001, "text/plain", "", "no more than 1,000,000"),
        (b"--a\r\nsecret!", "multipart/form-data; boundary=a", "", "no multipart"),
        (b"--a\r\nsecret!", "multipart/form-data", "", "no multipart"),
        (b"data: secret!\n\n", "text/event-stream", "gzip", "encoded"),
    ],
)
def test_what_cannot_be_looked_through_is_withheld(
    data: bytes, content_type: str, coding: str, reason: str
) -> None:
    """In its place stands why, and how many bytes it had."""
    shown = body(CREDENTIALS, data, content_type, coding)
    text = (zlib.decompress(shown, wbits=31) if shown[:1] == b"\x1f" else shown).decode()
    assert text.startswith(f"[redacted: {len(data):,} bytes, ")
    assert reason in text
    assert b"secret!" not in shown


@pytest.mark.parametrize("content_type", ["text/html", "image/png", "application/octet-stream"])
def test_other_bodies_are_told_as_they_come(content_type: str) -> None:
    with redacting(CREDENTIALS) as told:
        exchange(received=Body(b'{"password": "x"}', content_type, cuts=[3]))
    assert [chunk.data for chunk in told.of(BodyChunk) if isinstance(chunk, BodyChunk)] == [
        b'{"p',
        b'assword": "x"}',
    ]


def _twice(data: bytes) -> bytes:
    return gzip.decompress(zlib.decompress(data))


@pytest.mark.parametrize(
    ("coding", "decode"),
    [
        ("gzip", gzip.decompress),
        ("deflate", zlib.decompress),
        ("gzip, deflate", _twice),
    ],
)
def test_what_was_encoded_is_encoded_again(coding: str, decode: Callable[[bytes], bytes]) -> None:
    """Whoever shows it goes by the header, which stays."""
    plain = b'{"password":"x"}'
    data = {
        "gzip": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "gzip, deflate": zlib.compress(gzip.compress(plain)),
    }[coding]
    assert decode(body(CREDENTIALS, data, JSON, coding)) == b'{"password":"[redacted]"}'


@pytest.mark.skipif(find_spec("brotli") is None, reason="brotli is not installed")
def test_brotli_is_undone_and_done_again() -> None:
    brotli: Any = import_module("brotli")
    data = brotli.compress(b'{"password":"secret"}')
    shown = body(CREDENTIALS, data, JSON, "br")
    assert brotli.decompress(shown) == b'{"password":"[redacted]"}'


def test_the_sizes_on_the_wire_stay_true() -> None:
    """A body is told at its end, in one piece, with the length that it had."""
    data = b'{"password": "a very long password indeed, longer than its mark"}'
    with redacting(CREDENTIALS) as told:
        exchange(received=Body(data, JSON, cuts=[5, 10]))
    [chunk] = told.of(BodyChunk)
    assert isinstance(chunk, BodyChunk)
    assert chunk.length == len(data)


def test_headers_alone_leave_bodies_alone() -> None:
    with redacting(Rules(headers={"X-Foo"})) as told:
        exchange(received=Body(b"{}", JSON, cuts=[1]))
    assert len(told.of(BodyChunk)) == 2


def test_bodies_on_their_way_have_a_budget() -> None:
    """What finds no room is withheld; what has ended makes room."""
    piece = b"[" + b" " * 999_000 + b"]"
    with redacting(CREDENTIALS) as told:
        running = [ClientExchange.start("GET", "http://a/", []) for _ in range(12)]
        for each in running:
            each.responded(
                200, "", "http/1.1", [(b"content-type", JSON.encode())], None, None, None
            )
            each.received(piece)
            told.tap.flush()
        for each in running:
            each.finish()
        told.tap.flush()
        exchange(received=Body(piece, JSON))
    chunks = [chunk for chunk in told.of(BodyChunk) if isinstance(chunk, BodyChunk)]
    kept = [chunk for chunk in chunks if chunk.data == piece]
    assert len(kept) == MAX_HELD // len(piece) + 1
    assert chunks[-1].data == piece
    assert b"too many bodies" in (chunks[-2].data or b"")


def test_a_body_whose_head_was_missed_is_withheld() -> None:
    """As when rules come while an exchange runs."""
    with redacting(Rules()) as told:
        http.client.body_chunk.publish(http.BodyChunk(7_000_000, 1, b"secret", False))
    assert told.body() == b"secret"
    with redacting(CREDENTIALS) as told:
        http.client.body_chunk.publish(http.BodyChunk(7_000_000, 1, b"secret", False))
        http.client.finish.publish(http.ExchangeFinished(7_000_000, 2))
    assert told.body() == b"[redacted: 6 bytes, as their head is not known]"


def test_what_was_kept_back_comes_before_the_end_of_its_exchange() -> None:
    with redacting(CREDENTIALS) as told:
        exchange(sent=Body(b"{}", JSON), received=Body(b"[]", JSON))
    names = [type(message).__name__ for message in told.messages]
    assert names[-4:] == ["BodyChunk", "BodyChunk", "ExchangeFinished", "Goodbye"]


def test_a_body_that_lost_a_piece_on_the_way_is_withheld() -> None:
    """There is a gap in it, and nobody can tell what was in there."""
    with redacting(CREDENTIALS) as told:
        running = ClientExchange.start("GET", "http://a/", [])
        running.responded(200, "", "http/1.1", [("Content-Type", JSON)], None, None, None)
        running.received(b'{"password": "ses')
        told.carrier.capacity = 0
        filling = ClientExchange.start("GET", "http://b/", [])
        filling.responded(200, "", "http/1.1", [("Content-Type", "image/png")], None, None, None)
        for _ in range(MAX_BYTES // 1_000_000 + 2):
            filling.received(bytes(1_000_000))
        running.received(b'ame123"}')
        running.finish()
        filling.finish()
        told.carrier.capacity = 1_000_000_000
    shown = [each for each in told.of(BodyChunk) if isinstance(each, BodyChunk)][-1]
    assert shown.length == 25
    assert b"the program sent faster" in (shown.data or b"")
    assert b"ame123" not in told.carrier.taken


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("text/plain", b"/" * 900_000 + b" ?token=sesame123"),
        ("text/plain", b"://" * 300_000 + b"?token=sesame123"),
        ("application/x-www-form-urlencoded", b"a=%5B1%5D&" * 80_000 + b"token=sesame123"),
        (JSON, b'[["a="],' + b'{"a": "/"},' * 80_000 + b'{"token": "sesame123"}]'),
    ],
)
def test_a_body_made_to_take_long_takes_as_long_as_others(content_type: str, data: bytes) -> None:
    """The interpreter lock is held meanwhile; this would not come to an end otherwise."""
    shown = body(CREDENTIALS, data, content_type)
    assert b"sesame123" not in shown
    assert b"[redacted]" in shown


@pytest.mark.parametrize("value", ["x", "[1]", '{"a": 1}', "null"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_glance_at_json_finds_what_a_walk_would(value: str, wrapped: bool) -> None:  # noqa: FBT001
    """Names are found however they are spelt."""
    for key in ("api-key", "API_KEY", " apiKey ", "ap\\u0069_key", "_a_p_i__key_"):
        inner = json.dumps(value) if value == "x" else value
        document = f'{{"{key}" : {inner}}}'
        data = json.dumps({"s": document}) if wrapped else document
        shown = json.loads(body(Rules(json={"api_key"}), data.encode()))
        [member] = json.loads(shown["s"] if wrapped else json.dumps(shown)).values()
        assert member == (None if value == "null" else "[redacted]")
