"""What rules do to the traffic that a program tells, and what they leave alone."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, get_type_hints

import attrs
import pytest

from tapscope.agents.link.messages import (
    BodyChunk,
    ExchangeFailed,
    RecordLogged,
    RequestStarted,
    ResponseStarted,
    SocketFrame,
    WorkChunk,
    WorkStarted,
)
from tapscope.agents.link.plain import unpack
from tapscope.agents.redaction import CREDENTIALS, PERSONAL, RedactionError, Rules
from tapscope.agents.tap.holding import MAX_HELD
from tapscope.agents.tap.queue import MAX_BYTES
from tapscope.agents.tap.redacting import HEADERS
from tapscope.channels import http, lifecycle, websocket
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.http import Headers
from tapscope.channels.log import feed
from tapscope.channels.socket_exchange import SocketExchange
from tapscope.channels.statements import DatabaseConnection, StatementExchange
from tests.agents.redaction.exchanges import Body, exchange, redacting

JSON = "application/json"


def started(rules: Rules, url: str = "http://shop/", headers: Headers = ()) -> RequestStarted:
    with redacting(rules) as told:
        exchange(url, headers)
    [message] = told.of(RequestStarted)
    assert isinstance(message, RequestStarted)
    return message


def body(rules: Rules, data: bytes, content_type: str = JSON, coding: str = "") -> bytes:
    with redacting(rules) as told:
        exchange(received=Body(data, content_type, coding))
    return told.body()


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer abcdef", "Bearer [redacted]"),
        ("authorization", "abcdef", "[redacted]"),
        ("AUTHORIZATION", "Secret abcdef", "[redacted]"),
        ("Cookie", "a=1; b=two", "a=[redacted]; b=[redacted]"),
        ("Cookie", "odd", "[redacted]"),
        ("Set-Cookie", "a=1; Path=/; HttpOnly", "a=[redacted]; Path=/; HttpOnly"),
        ("Set-Cookie", "a=; Max-Age=0", "a=; Max-Age=0"),
        ("X-Api-Key", "abcdef", "[redacted]"),
        ("Accept", "text/html", "text/html"),
        ("Referer", "http://a/?token=abc&b=1", "http://a/?token=[redacted]&b=1"),
    ],
)
@pytest.mark.parametrize("encode", [str, str.encode])
def test_of_headers_the_name_stays_and_what_tells_what_it_is(
    name: str, value: str, shown: str, encode: Callable[[str], Any]
) -> None:
    given = [(encode("Accept-Language"), encode("de")), (encode(name), encode(value))]
    before = list(given)
    told = started(CREDENTIALS, headers=given)
    assert told.headers[1] == (encode(name), encode(shown))
    assert told.headers[0] == before[0]
    assert given == before


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://a/?token=x&page=2", "http://a/?token=[redacted]&page=2"),
        ("http://a/?Access-Token=x", "http://a/?Access-Token=[redacted]"),
        ("http://a/?t%6Fken=x", "http://a/?t%6Fken=[redacted]"),
        ("http://a/?user[password]=x;b", "http://a/?user[password]=[redacted];b"),
        ("http://a/#access_token=x", "http://a/#access_token=[redacted]"),
        ("http://a/#/p?token=x", "http://a/#/p?token=[redacted]"),
        ("http://me:pass@a/b@c", "http://me:redacted@a/b@c"),
        ("http://me@a/", "http://me@a/"),
        ("http://a/?tokens=x&q=token", "http://a/?tokens=x&q=token"),
        ("http://a/?token=", "http://a/?token="),
        ("http://a/?u=http%3A%2F%2Fb%2F%3Ftoken%3Dx", "http://a/?u=http://b/?token=[redacted]"),
    ],
)
def test_of_urls_the_keys_stay(url: str, shown: str) -> None:
    assert started(CREDENTIALS, url).url == shown


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


@pytest.mark.parametrize(
    "text",
    [
        "404 for url: http://a/?token=sesame123",
        'no: "GET /a?x=1&token=sesame123 HTTP/1.1"',
        "{'Authorization': 'Bearer sesame123'}",
        "[(b'authorization', b'Bearer sesame123'), (b'a', b'b')]",
        "Authorization: Bearer sesame123\r\nHost: a",
        "Cookie: a=1; b=sesame123",
        'Login(user="me", password="sesame123")',
        "password = sesame123",
        '{"password": ["a", "sesame123"]}',
        "postgresql://me:sesame123@db/shop",
        "--token=sesame123",
        "INSERT INTO t SET password='sesame123'",
    ],
)
def test_texts_of_errors_and_records_have_no_secrets(text: str) -> None:
    bridge = feed()
    with redacting(CREDENTIALS) as told:
        exchange(error=ValueError(text))
        logging.getLogger("shop").warning("%s", text)
        logging.getLogger("shop").error("it failed", exc_info=ValueError(text))
    bridge.close()
    [failed] = told.of(ExchangeFailed)
    assert isinstance(failed, ExchangeFailed)
    assert "[redacted]" in failed.text or ":redacted@" in failed.text
    [first, second] = [each for each in told.of(RecordLogged) if isinstance(each, RecordLogged)]
    assert first.text == failed.text
    assert failed.text.splitlines()[-1] in (second.error or "")
    assert "sesame123" not in told.everything().replace(__name__, "")


def test_the_texts_of_errors_that_tell_nothing_stay_as_they_are() -> None:
    text = "Expecting value: line 1 column 1 (char 0), see https://a.example/b?page=2"
    with redacting(CREDENTIALS) as told:
        exchange(error=ValueError(text))
    [failed] = told.of(ExchangeFailed)
    assert isinstance(failed, ExchangeFailed)
    assert failed.text == text


def test_statements_hide_parameters_and_columns_by_name() -> None:
    """Positional parameters have no names: there the whole field can be hidden."""
    with redacting(CREDENTIALS) as told:
        connection = DatabaseConnection.open("sqlite3", ":memory:")
        parameters = {"name": "me", "password": "sesame123"}
        running = StatementExchange.start(connection, "SELECT 1", parameters)
        assert running is not None
        running.described(["id", "password"], None)
        running.fetched([(1, "sesame456"), (2, None)])
        running.finish()
    [start] = [
        m for m in told.of(WorkStarted) if isinstance(m, WorkStarted) and m.lifecycle == "database"
    ]
    [fields] = unpack(start.fields)
    assert fields["parameters"] == {"name": "me", "password": "[redacted]"}
    [chunk] = told.of(WorkChunk)
    assert isinstance(chunk, WorkChunk)
    [fields] = unpack(chunk.fields or b"")
    assert fields["rows"] == [[1, "[redacted]"], [2, None]]
    assert "sesame" not in told.everything()


def test_fields_of_other_lifecycles_are_hidden_whole_or_by_path() -> None:
    rules = Rules(fields={"parameters"}, json={"$.detail.user.pin"})
    jobs = lifecycle("acme.redacted.job")
    with redacting(rules) as told:
        with jobs.exchange("resize", {"user": {"pin": 1234567, "age": 7}, "pairs": [b"x"]}):
            pass
        connection = DatabaseConnection.open("sqlite3", ":memory:")
        StatementExchange.start(connection, "SELECT ?", ("sesame123",))
    starts = [each for each in told.of(WorkStarted) if isinstance(each, WorkStarted)]
    [fields] = unpack(starts[0].fields)
    assert "sesame123" not in told.everything()
    assert fields["detail"] == {"user": {"pin": "[redacted]", "age": 7}, "pairs": [b"x"]}


def test_messages_of_websockets_are_json() -> None:
    """Parts of a message are withheld, and what is binary is told as it is."""
    with redacting(CREDENTIALS) as told:
        socket = SocketExchange.connecting("ws://a/?token=sesame123", [])
        assert socket is not None
        socket.opened(101, "", [("Set-Cookie", "a=sesame456")])
        socket.frame(1, '{"token": "sesame123"}', sent=True)
        socket.frame(2, b"\x00\x01", sent=False)
        socket.frame(1, b'{"tok', sent=False, final=False)
        socket.frame(0, b'en": "sesame456"}', sent=False)
        socket.frame(1, "{broken sesame456", sent=False)
        socket.frame(1, "hello", sent=False)
        socket.frame(8, b"\x03\xe8token=sesame456", sent=False)
        socket.close(1000, "token=sesame456")
    frames = [frame for frame in told.of(SocketFrame) if isinstance(frame, SocketFrame)]
    assert [frame.data for frame in frames] == [
        b'{"token": "[redacted]"}',
        b"\x00\x01",
        b"[redacted: 5 bytes, as they are a part of a message]",
        b"[redacted: 17 bytes, as they are a part of a message]",
        b"[redacted: 17 bytes, as they are not JSON]",
        b"hello",
        b"\x03\xe8token=[redacted]",
    ]
    assert frames[0].length == 22
    assert "sesame" not in told.everything()


def test_every_event_field_with_headers_is_redacted() -> None:
    """A field that an event gains is not to be forgotten."""
    events = [
        event
        for module in (http, websocket)
        for event in vars(module).values()
        if isinstance(event, type) and attrs.has(event)
    ]
    found = {
        name for event in events for name, hint in get_type_hints(event).items() if hint == Headers
    }
    assert found == HEADERS


def test_early_hints_are_heads_too() -> None:
    with redacting(CREDENTIALS) as told:
        http.client.headers.publish(
            http.ResponseStarted(
                1, 1, 200, "", "h2", [], early_hints=[(b"set-cookie", b"a=sesame123")]
            )
        )
    [message] = told.of(ResponseStarted)
    assert isinstance(message, ResponseStarted)
    assert message.early_hints == ((b"set-cookie", b"a=[redacted]"),)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rules(headers="X-Foo"),
        lambda: Rules(headers={"X Foo"}),
        lambda: Rules(query={""}),
        lambda: Rules(json={"$"}),
        lambda: Rules(json={"$.a["}),
        lambda: Rules(json={"$ .a"}),
        lambda: Rules(fields={3}),  # type: ignore[arg-type]
        lambda: Rules(calls=print),  # type: ignore[arg-type]
        lambda: Rules(calls=[3]),  # type: ignore[list-item]
    ],
)
def test_a_rule_that_names_nothing_is_an_error(make: Callable[[], Rules]) -> None:
    with pytest.raises(RedactionError):
        make()


def test_rules_add_up() -> None:
    both = CREDENTIALS | PERSONAL | Rules(headers={"X-Foo"}, calls=[bool])  # type: ignore[list-item]
    assert {"Authorization", "X-Foo"} <= both.headers
    assert {"password", "email"} <= both.json
    assert both | both == both
    assert not Rules()


def test_a_function_decides_about_each_value() -> None:
    """It is told where the value is; what it gives is shown instead."""
    asked: list[tuple[str, str, str]] = []

    def judge(kind: str, name: str, value: str) -> bool | str:
        asked.append((kind, name, value))
        return "<mail>" if "@" in value else value == "hide me"

    with redacting(Rules(calls=[judge])) as told:
        exchange(
            "http://shop/?a=hide+me&b=c",
            [("X-Who", "a@b")],
            Body(b'{"a": [{"b": "hide me"}], "n": 7}', JSON),
            error=ValueError("hide me"),
        )
    [start] = told.of(RequestStarted)
    assert isinstance(start, RequestStarted)
    assert start.url == "http://shop/?a=[redacted]&b=c"
    assert start.headers[0] == ("X-Who", "<mail>")
    assert json.loads(told.body(sent=True)) == {"a": [{"b": "[redacted]"}], "n": 7}
    assert ("query", "a", "hide me") in asked
    assert ("header", "x-who", "a@b") in asked
    assert ("json", "$.a[0].b", "hide me") in asked
    assert ("body", JSON, "") in asked


def test_a_function_that_fails_hides_and_is_reported_once_without_the_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(kind: str, name: str, value: str) -> bool:
        raise ValueError(f"{kind} {name} {value}")

    with redacting(Rules(calls=[failing])) as told:
        exchange("http://shop/?a=sesame123", [("X", "sesame123")], Body(b'{"a":"sesame123"}', JSON))
    assert "sesame123" not in told.everything()
    [record] = caplog.records
    assert "failing failed (ValueError)" in record.getMessage()
    assert "sesame123" not in caplog.text


def test_what_is_deferred_comes_before_the_end_of_its_exchange() -> None:
    with redacting(CREDENTIALS) as told:
        exchange(sent=Body(b"{}", JSON), received=Body(b"[]", JSON))
    names = [type(message).__name__ for message in told.messages]
    assert names[-4:] == ["BodyChunk", "BodyChunk", "ExchangeFinished", "Goodbye"]


def test_an_event_stream_is_told_event_by_event() -> None:
    with redacting(CREDENTIALS) as told:
        running = ClientExchange.start("GET", "http://a/", [])
        running.responded(
            200, "", "http/1.1", [("Content-Type", "text/event-stream")], None, None, None
        )
        running.received(b'id: 1\nretry: 5\ndata: {"token":\ndata: "sesame123"}\n\ndata: ha')
        running.received(b"lf\n\n:x\n\ndata: token=sesame123")
        running.finish()
    chunks = [chunk for chunk in told.of(BodyChunk) if isinstance(chunk, BodyChunk)]
    assert [chunk.data for chunk in chunks] == [
        b'id: 1\nretry: 5\ndata: {"token":\ndata: "[redacted]"}\n\n',
        b"data: half\n\n:x\n\n",
        b"data: token=[redacted]\n\n",
    ]


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


def test_rules_that_come_while_an_exchange_runs_hold_for_the_rest_of_it() -> None:
    with redacting(Rules()) as told:
        running = ClientExchange.start("GET", "http://a/?token=before", [("Content-Type", JSON)])
        told.tap.redact(CREDENTIALS)
        running.sent(b'{"password": "sesame123"}')
        running.responded(200, "", "http/1.1", [("Set-Cookie", "a=sesame123")], None, None, None)
        running.finish()
        exchange("http://a/?token=sesame456")
    text = told.everything()
    assert "before" in text
    assert "sesame" not in text
    assert "their head is not known" in text


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
