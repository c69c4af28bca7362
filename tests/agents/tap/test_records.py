"""What a program logs, on its way to the host."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.link import Decoder
from tapscope.agents.link import messages as link
from tapscope.agents.tap.encoder import EventEncoder
from tapscope.agents.tap.queue import MAX_RECORDS, EventQueue
from tapscope.agents.tap.record_texts import MAX_TEXT
from tapscope.channels import _origins, capture_stack
from tapscope.channels.log import RecordLogged

SECOND = 1_000_000_000


def logged(
    message: str = "text", *, at: int = SECOND, error: BaseException | None = None
) -> RecordLogged:
    return RecordLogged(at, 30, "WARNING", "shop", message, capture_stack(), "main", error, 7)


def sent(*events: RecordLogged) -> list[link.Message]:
    encoder = EventEncoder()
    data = b"".join(map(encoder.record, events))
    return list(Decoder(magic=False).feed(data))


def records(messages: list[link.Message]) -> list[link.RecordLogged]:
    return [each for each in messages if isinstance(each, link.RecordLogged)]


def test_a_record_refers_to_its_stack() -> None:
    [stack, record] = sent(logged())
    assert isinstance(stack, link.StackDefined)
    assert stack.frames[0].function == "logged"
    assert isinstance(record, link.RecordLogged)
    assert (record.level, record.level_name, record.logger) == (30, "WARNING", "shop")
    assert (record.text, record.thread, record.parent) == ("text", "main", 7)
    assert (record.stack, record.error) == (stack.id, None)


def test_an_exception_is_told_as_python_prints_it() -> None:
    error = ValueError("wrong")
    error.__cause__ = KeyError(1)
    with pytest.raises(ValueError, match="wrong"):
        raise error
    [record] = records(sent(logged(error=error)))
    assert record.error is not None
    assert "Traceback (most recent call last):" in record.error
    assert "KeyError: 1" in record.error
    assert record.error.endswith("ValueError: wrong")


class Unprintable(Exception):
    def __str__(self) -> str:
        raise LookupError("no text")


def test_an_exception_without_a_text_is_told_all_the_same() -> None:
    [record] = records(sent(logged(error=Unprintable())))
    assert record.error is not None
    assert "Unprintable" in record.error


@given(st.text(max_size=200), st.integers(1, 2 * MAX_TEXT))
def test_whatever_is_logged_is_told_no_longer_than_it_may_be(text: str, count: int) -> None:
    """Halves of surrogate pairs, control characters and megabytes included."""
    [record] = records(sent(logged(text * count, error=ValueError(text * count))))
    assert len(record.text) <= MAX_TEXT + 100
    assert len(record.error or "") <= MAX_TEXT + 100


def queue() -> EventQueue:
    return EventQueue(EventEncoder(), lambda: False)


def test_more_in_a_second_than_anybody_reads_are_dropped_and_counted() -> None:
    taken = queue()
    for number in range(MAX_RECORDS + 10):
        taken.record(logged(at=SECOND + number), "log.record")
    assert (len(taken), taken.dropped()) == (MAX_RECORDS, link.Dropped(0, 0, 10))
    taken.record(logged(at=3 * SECOND), "log.record")
    assert len(taken) == MAX_RECORDS + 1


def test_a_full_queue_takes_none() -> None:
    taken = EventQueue(EventEncoder(), lambda: False, max_events=3)
    for _ in range(10):
        taken.record(logged(), "log.record")
    assert taken.dropped_records == 10 - len(taken) > 0


def made(name: str, text: str | None) -> Callable[[], RecordLogged]:
    """A function that logs, compiled of a text that is in no file."""
    code = "def f(logged): return logged()\n"
    if text is not None:
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    names: dict[str, Callable[[object], RecordLogged]] = {}
    exec(compile(code, name, "exec"), names)  # as notebooks do
    return lambda: names["f"](logged)


@pytest.mark.parametrize("name", ["<ipython-input-1-99>", "/tmp/ipykernel_1/99.py"])
def test_the_text_of_what_is_in_no_file_is_told_once_and_first(name: str) -> None:
    log = made(name, "a = 1\nb = 2\n")
    try:
        told = sent(log(), log())
    finally:
        del linecache.cache[name]
    assert told[0] == link.SourceTold(name, "a = 1\nb = 2\n")
    assert [type(each) for each in told].count(link.SourceTold) == 1


def test_without_a_text_none_is_told() -> None:
    assert [type(each) for each in sent(made("<string>", None)())] == [
        link.StackDefined,
        link.RecordLogged,
    ]


def test_a_file_is_left_to_the_host() -> None:
    """Also where the program has read it, for a traceback."""
    assert linecache.getlines(__file__)
    assert not [each for each in sent(logged()) if isinstance(each, link.SourceTold)]
    assert Path(__file__).is_file()


def test_a_stack_with_origins_defines_them_first_and_once() -> None:
    _origins.want_origins(4)
    before = _origins.enter_thread(())
    try:
        _origins.enter_thread(_origins.starting("Thread.start"))
        told = sent(*[logged() for _ in range(3)])
    finally:
        _origins.enter_thread(before)
        _origins.want_origins(0)
    origin, stack = (each for each in told if isinstance(each, link.StackDefined))
    assert (origin.parent, origin.description) == (0, "Thread.start")
    assert (stack.parent, stack.description) == (origin.id, "")
    assert {record.stack for record in records(told)} == {stack.id}
