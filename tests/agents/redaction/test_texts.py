"""Texts without a structure: of errors and of records."""

from __future__ import annotations

import logging

import pytest

from tapscope.agents.link.messages import (
    ExchangeFailed,
    RecordLogged,
)
from tapscope.agents.redaction import CREDENTIALS
from tapscope.agents.tap.record_texts import MAX_TEXT
from tapscope.agents.tap.redacted_fields import MAX_SEARCHED
from tapscope.channels.log import feed
from tapscope.channels.statements import DatabaseConnection, StatementExchange
from tests.agents.redaction.exchanges import exchange, redacting


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


@pytest.mark.parametrize("size", [MAX_TEXT - 5, MAX_SEARCHED - 5])
def test_texts_are_looked_through_before_they_are_cut(size: int) -> None:
    """Half a value at the end, or a value whose name is cut off, would be told otherwise."""
    text = "x" * (size - 15) + " password=sesame123 " + "y" * 30
    bridge = feed()
    with redacting(CREDENTIALS) as told:
        exchange(error=ValueError(text))
        logging.getLogger("shop").error(text, exc_info=ValueError(f"password=sesame123 {text}"))
    bridge.close()
    assert "sesame" not in told.everything()
    [record] = [each for each in told.of(RecordLogged) if isinstance(each, RecordLogged)]
    assert record.text.endswith(("characters more)", "too many to look through]"))
    assert len(record.error or "") < MAX_TEXT + 100


def test_half_a_value_where_a_text_was_cut_is_hidden_too() -> None:
    """Long values of other lifecycles are cut before they are looked through."""
    statement = "SELECT 1 --" + "x" * (10_000 - 11 - 12) + "sesame1234567"
    with redacting(CREDENTIALS) as told:
        exchange("http://a/?token=sesame1234567")
        connection = DatabaseConnection.open("sqlite3", ":memory:")
        StatementExchange.start(connection, statement, ())
    assert "sesame" not in told.everything()
    assert "[redacted]\u2026 (1 more)" in told.everything()


def test_what_is_short_once_it_is_decoded_is_not_looked_for() -> None:
    """It occurs everywhere."""
    with redacting(CREDENTIALS) as told:
        exchange("http://a/?token=%20%20", error=ValueError("expected  two spaces"))
    [failed] = told.of(ExchangeFailed)
    assert isinstance(failed, ExchangeFailed)
    assert failed.text == "expected  two spaces"
