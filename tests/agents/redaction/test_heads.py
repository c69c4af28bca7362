"""Headers and URLs: what stays of them, and what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from tapscope.agents.link.messages import (
    MESSAGES,
    RequestStarted,
    ResponseStarted,
)
from tapscope.agents.redaction import CREDENTIALS
from tapscope.agents.tap import redacting as redacting_module
from tapscope.agents.tap.redacted_fields import HIDING
from tapscope.channels import http
from tapscope.channels.http import Headers
from tests.agents.redaction.exchanges import exchange, redacting, started


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


def test_every_field_with_headers_is_redacted() -> None:
    """A field that a message gains is not to be forgotten."""
    for kind in MESSAGES:
        hints = get_type_hints(kind).items()
        headers = {name for name, hint in hints if hint == Headers}
        assert headers <= {*HIDING.get(kind, ())}


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


def test_what_grows_too_long_is_not_told_and_reported_once_without_values(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redacting_module, "MAX_MESSAGE", 10_000)
    headers = [("Cookie", f"sesame{number}=x") for number in range(1000)]
    with redacting(CREDENTIALS) as told:
        exchange("http://a/", headers)
        exchange("http://a/", headers)
    assert told.of(RequestStarted) == []
    [record] = caplog.records
    assert "a RequestStarted could not be redacted and is not told" in record.getMessage()
    assert "sesame" not in caplog.text
