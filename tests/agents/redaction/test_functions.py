"""Functions of the program that say what is hidden."""

from __future__ import annotations

import json
import threading

import pytest

from tapscope.agents.link.messages import (
    ExchangeFailed,
    Expect,
    RequestStarted,
)
from tapscope.agents.redaction import Rules
from tests.agents.redaction.exchanges import JSON, Body, exchange, redacting


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


def test_a_function_that_exits_hides_and_ends_nothing() -> None:
    def leaving(_kind: str, _name: str, _value: str) -> bool:
        raise SystemExit

    with redacting(Rules(calls=[leaving])) as told:
        for _ in range(2):
            exchange("http://shop/?a=sesame123")
            told.tap.flush()
    assert "sesame123" not in told.everything()
    assert len(told.of(RequestStarted)) == 2


def test_a_function_that_hangs_holds_up_nobody_else() -> None:
    called, going_on = threading.Event(), threading.Event()

    def hanging(_kind: str, _name: str, _value: str) -> bool:
        called.set()
        return going_on.wait()

    with redacting(Rules(calls=[hanging])) as told:
        exchange("http://shop/?a=b")
        called.wait()
        exchange("http://shop/?a=b")
        assert not told.tap.flush(0)
        told.tap.tell(Expect())
        going_on.set()
    assert len(told.of(RequestStarted)) == 2
    assert Expect() in told.messages


def test_functions_are_not_called_where_the_program_runs() -> None:
    """They are called in tapscope's own thread, which the program does not see there either."""
    threads: list[threading.Thread] = []

    def judge(_kind: str, _name: str, _value: str) -> bool:
        threads.append(threading.current_thread())
        return False

    before = set(threading.enumerate())
    with redacting(Rules(calls=[judge])) as told:
        exchange("http://shop/?a=b", [("X", "y")], Body(b"{}", JSON), error=ValueError("z"))
        while not told.of(ExchangeFailed):
            threading.Event().wait(0.001)
        assert threads
        assert threading.current_thread() not in threads
        told.tap.flush()
        assert set(threading.enumerate()) <= before
