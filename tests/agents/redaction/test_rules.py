"""Which rules there can be, and from when on they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tapscope.agents.redaction import CREDENTIALS, PERSONAL, RedactionError, Rules
from tapscope.channels.exchange import ClientExchange
from tests.agents.redaction.exchanges import JSON, Body, exchange, redacting


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


def test_rules_that_come_while_an_exchange_runs_hold_for_the_rest_of_it() -> None:
    with redacting(Rules()) as told:
        running = ClientExchange.start("GET", "http://a/?token=before", [("Content-Type", JSON)])
        told.tap.flush()
        told.tap.redact(CREDENTIALS)
        running.sent(b'{"password": "sesame123"}')
        running.responded(200, "", "http/1.1", [("Set-Cookie", "a=sesame123")], None, None, None)
        running.finish()
        exchange("http://a/?token=sesame456")
    text = told.everything()
    assert "before" in text
    assert "sesame" not in text
    assert "their head is not known" in text


def test_rules_hold_for_what_waits_to_be_told() -> None:
    with redacting(Rules()) as told:
        told.carrier.capacity = 0
        exchange("http://a/?token=sesame123", sent=Body(b'{"password": "sesame456"}', JSON))
        told.tap.redact(CREDENTIALS)
        told.carrier.capacity = 1_000_000_000
    assert "sesame" not in told.everything()


def test_rules_that_come_later_leave_alone_what_is_kept_back() -> None:
    """A body is told at its end, by the rules of then."""
    with redacting(CREDENTIALS) as told:
        running = ClientExchange.start("POST", "http://a/", [("Content-Type", JSON)])
        running.sent(b'{"password": "sesame123", "pin": "sesame456"}')
        told.tap.flush()
        told.tap.redact(CREDENTIALS | Rules(json={"pin"}))
        running.finish()
    assert told.body(sent=True) == b'{"password": "[redacted]", "pin": "[redacted]"}'
