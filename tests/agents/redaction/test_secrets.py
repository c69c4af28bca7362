"""Wherever a secret is that a rule names, and however it is written, it is not told."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import given, settings
from hypothesis import strategies as st

from tapscope.agents.redaction import CREDENTIALS, Rules
from tests.agents.redaction.exchanges import Body, body, exchange, redacting, spellings

# Long, and with characters that no name here has, so that it occurs only where it was put.
secrets = st.text('QXZ0123456789äß~+/%&="\\ €', min_size=8, max_size=24).map(lambda s: f"QX{s}ZQ")
tokens = st.text("QXZ0123456789-._~+/", min_size=8, max_size=24).map(lambda s: f"QX{s}ZQ")
cuts = st.lists(st.integers(0, 500), max_size=6)
names = st.sampled_from(
    ["password", "Password", "PASSWORD", "access_token", "accessToken", "client-secret", "api_key"]
)
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.text("abc \n", max_size=5))
nothing = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner)
)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


@st.composite
def documents(draw: st.DrawFn, secret: str) -> str:
    """JSON with *secret* somewhere in it, and said again elsewhere."""
    name = draw(names)
    value: Any = draw(st.sampled_from([secret, [secret], {"a": [1, secret]}]))
    document: Any = {name: value, "z": draw(nothing)}
    if draw(st.booleans()):
        document = {"note": f"it is {secret}!", "n": draw(plain), **document}
    for _ in range(draw(st.integers(0, 3))):
        wrap = draw(st.sampled_from(["list", "dict", "text"]))
        if wrap == "list":
            document = [draw(nothing), document]
        elif wrap == "dict":
            document = {"in": document, "b": draw(nothing)}
        else:
            document = {"text": json.dumps(document)}
    text = json.dumps(
        document, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2]))
    )
    if draw(st.booleans()):
        text = text.replace(f'"{name}"', f'"{escaped(name)}"')
    return text


def assert_hidden(secret: str, told: str) -> None:
    for spelling in spellings(secret):
        assert spelling not in told


@given(secret=tokens, header=st.sampled_from(sorted(CREDENTIALS.headers)), data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_header_tells_it(secret: str, header: str, data: st.DataObject) -> None:
    """In any case, as bytes or text, of requests and responses, alone or behind a scheme."""
    name = data.draw(st.sampled_from([header, header.lower(), header.upper()]))
    cookies = ["{}", "a={}", 'a="{}"; Path=/']
    forms = cookies if "cookie" in name.lower() else ["{}", "Bearer {}", "basic {}"]
    form = data.draw(st.sampled_from(forms))
    value = form.format(secret)
    as_bytes = data.draw(st.booleans())
    pair: Any = (name.encode(), value.encode()) if as_bytes else (name, value)
    with redacting(CREDENTIALS) as told:
        exchange(f"http://shop/{secret}", [pair], answer_headers=[pair], error=ValueError(value))
    assert_hidden(secret, told.everything())


@given(secret=secrets, name=names, data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_url_tells_it(secret: str, name: str, data: st.DataObject) -> None:
    """In the query, the fragment or before the host; in Location, Referer and error texts."""
    key = data.draw(
        st.sampled_from([name, f"user[{name}]", "".join(f"%{ord(c):02x}" for c in name)])
    )
    value = data.draw(st.sampled_from([quote(secret, safe=""), quote_plus(secret)]))
    form = data.draw(
        st.sampled_from(
            [
                "http://shop/?{}={}",
                "http://shop/a?x=1&{}={}&y=2",
                "http://shop/a;b?x;{}={}",
                "http://shop/#{}={}",
                "http://shop/?{0}={1}&{0}={1}",
            ]
        )
    )
    url = form.format(key, value)
    if data.draw(st.booleans()):
        url = f"http://shop/?next={quote(url, safe='')}"
    with redacting(CREDENTIALS) as told:
        exchange(
            url,
            [(b"Referer", url.encode())],
            answer_headers=[(b"location", url.encode())],
            error=ValueError(f"404 Client Error for url: {url}"),
        )
    assert_hidden(secret, told.everything())


@given(secret=secrets, cuts=cuts, data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_json_tells_it(secret: str, cuts: list[int], data: st.DataObject) -> None:
    """At any depth, in any pieces, escaped, said again elsewhere, compressed, as text in JSON."""
    coded = data.draw(st.booleans())
    text = data.draw(documents(secret)).encode()
    kind = data.draw(st.sampled_from(["application/json", "application/x+json; charset=utf-8", ""]))
    coding = "gzip" if coded else ""
    document = Body(gzip.compress(text) if coded else text, kind, coding, cuts)
    with redacting(CREDENTIALS) as told:
        exchange(sent=document, received=document, error=ValueError(f"what is {secret}?"))
    assert_hidden(secret, told.everything())
    shown = told.body()
    assert b"[redacted]" in (zlib.decompress(shown, wbits=31) if coded else shown)


@given(secret=secrets, data=st.data())
@settings(max_examples=100, deadline=None)
def test_json_is_looked_through_alike_with_paths_and_without(
    secret: str, data: st.DataObject
) -> None:
    """Names alone can be found without following the document."""
    text = data.draw(documents(secret)).encode()
    without, with_paths = Rules(json=CREDENTIALS.json), Rules(json={"$.never.there"})
    assert body(without, text) == body(without | with_paths, text)


@given(secret=secrets, name=names, cuts=cuts)
@settings(max_examples=100, deadline=None)
def test_no_form_tells_it(secret: str, name: str, cuts: list[int]) -> None:
    """Neither one like a query nor one in parts."""
    pairs = f"a=b&{name}={quote_plus(secret)}&c=it+is+{quote_plus(secret)}".encode()
    field = f'--=x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{secret}\r\n'
    other = f'--=x\r\nContent-Disposition: form-data; name="b"\r\n\r\nis {secret}\r\n'
    parts = f"{field}{other}--=x--\r\n".encode()
    with redacting(CREDENTIALS) as told:
        exchange(sent=Body(pairs, "application/x-www-form-urlencoded", cuts=cuts))
        exchange(sent=Body(parts, 'multipart/form-data; boundary="=x"', cuts=cuts))
    assert_hidden(secret, told.everything())


@given(secret=secrets, cuts=cuts, data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_event_stream_and_no_lines_tell_it(
    secret: str, cuts: list[int], data: st.DataObject
) -> None:
    """Each event, and each line, is JSON of its own."""
    documents_ = [json.dumps(json.loads(data.draw(documents(secret)))) for _ in range(2)]
    events = "".join(f"event: a\ndata: {each}\n\n" for each in documents_)
    lines = "\n".join(documents_)
    with redacting(CREDENTIALS) as told:
        exchange(received=Body(events.encode(), "text/event-stream", cuts=cuts))
        exchange(received=Body(lines.encode(), "application/x-ndjson", cuts=cuts))
    assert_hidden(secret, told.everything())


@given(data=st.binary(max_size=60), kind=st.sampled_from(["json", "x-www-form-urlencoded"]))
@settings(max_examples=100, deadline=None)
def test_what_is_not_what_it_says_is_withheld_or_shown_without_harm(data: bytes, kind: str) -> None:
    """Whatever the bytes are, the exchange is told to its end."""
    with redacting(CREDENTIALS) as told:
        exchange(received=Body(data, f"application/{kind}"), sent=Body(data, f"application/{kind}"))
    kinds = [type(message).__name__ for message in told.messages]
    assert kinds[-2:] == ["ExchangeFinished", "Goodbye"]


@given(document=nothing, indent=st.sampled_from([None, 1]))
@settings(max_examples=60, deadline=None)
def test_what_no_rule_names_is_told_as_it_is(document: Any, indent: int | None) -> None:
    """Not a space is changed."""
    data = json.dumps(document, indent=indent).encode()
    with redacting(Rules(json={"$.never.there"})) as told:
        exchange(received=Body(data, "application/json"))
    assert told.body() == data
