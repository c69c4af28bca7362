"""Calls that a program notes in memory, and the host reads there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.scoreboard import Noted, ScoreboardReader
from tapscope.agents.link.scoreboard import PLACES, SIZE, make_file
from tapscope.agents.tap.scoreboard import MemoryScoreboard


@attrs.define
class Boards:
    """Both sides of one scoreboard."""

    written: MemoryScoreboard
    read: ScoreboardReader

    def enter(self, number: int, *arguments: object, **keywords: object) -> int:
        ident = threading.get_ident()
        return self.written.enter(number, 1, 5, ident, None, arguments, keywords)

    def numbers(self) -> list[int]:
        return [noted.id for noted in self.read.all()]

    def only(self) -> Noted:
        [noted] = self.read.all()
        return noted


@pytest.fixture
def boards() -> Iterator[Boards]:
    paths: list[str] = []
    written = MemoryScoreboard(paths.append)
    written.open()
    read = ScoreboardReader(paths[0])
    yield Boards(written, read)
    read.close()
    assert not Path(paths[0]).exists()


def test_a_call_is_there_until_it_has_ended(boards: Boards) -> None:
    place = boards.enter(7, 1.5)
    noted = boards.only()
    thread = threading.current_thread().name
    assert noted == Noted(7, 1, 5, thread, None, [1.5], {})
    boards.written.leave(place)
    assert boards.numbers() == []


def test_only_a_call_that_is_there_at_two_looks_is_lasting(boards: Boards) -> None:
    boards.enter(7)
    assert list(boards.read.lasting()) == []
    boards.enter(8)
    assert [noted.id for noted in boards.read.lasting()] == [7]


@pytest.mark.parametrize(
    ("arguments", "keywords", "shown", "named"),
    [
        ((1, True, None, 2.5), {}, [1, True, None, 2.5], {}),
        (("text", b"bytes"), {}, ["text", b"bytes"], {}),
        (("x" * 1000,), {}, ["x" * 60], {}),
        (([1], object()), {}, ["<list>", "<object>"], {}),
        ((), {"times": 3}, [], {"times": 3}),
        ((2**70,), {}, None, None),
        (tuple(range(1000)), {}, None, None),
    ],
)
def test_arguments_are_there_as_far_as_there_is_room(
    boards: Boards,
    arguments: tuple[object, ...],
    keywords: Mapping[str, object],
    shown: object,
    named: object,
) -> None:
    boards.enter(7, *arguments, **keywords)
    assert (boards.only().arguments, boards.only().keywords) == (shown, named)


def test_arguments_are_not_there_if_they_are_to_be_redacted(boards: Boards) -> None:
    boards.written.with_arguments = False
    boards.enter(7, "secret")
    assert boards.only().arguments is None


def test_calls_for_which_there_is_no_place_are_left_out(boards: Boards) -> None:
    places = [boards.enter(number) for number in range(PLACES + 3)]
    assert sorted(boards.numbers()) == list(range(PLACES))
    for place in places:
        boards.written.leave(place)
    assert boards.numbers() == []
    boards.enter(99)
    assert boards.numbers() == [99]


def test_a_thread_with_a_long_name_is_noted(boards: Boards) -> None:
    thread = threading.current_thread()
    before, thread.name = thread.name, "\u20ac" * 1000
    try:
        boards.enter(7)
    finally:
        thread.name = before
    assert boards.only().thread == "\u20ac" * 100


def test_no_descriptor_is_kept() -> None:
    before = next_descriptor()
    MemoryScoreboard(os.unlink).open()
    assert next_descriptor() == before


def next_descriptor() -> int:
    with Path(os.devnull).open() as file:
        return file.fileno()


def test_what_a_forked_child_does_leaves_the_parents_calls_alone(boards: Boards) -> None:
    place = boards.enter(7)
    child = os.fork()
    if not child:
        boards.written.left_to_parent()
        boards.written.leave(place)
        boards.enter(8)
        os._exit(0)
    os.waitpid(child, 0)
    assert boards.numbers() == [7]


@given(st.binary(max_size=200))
def test_whatever_the_memory_holds_can_be_read(data: bytes) -> None:
    descriptor, path = make_file()
    os.pwrite(descriptor, data * 20, 0)
    os.close(descriptor)
    reader = ScoreboardReader(path)
    assert list(reader.lasting()) == []
    for noted in [*reader.lasting(), *reader.all()]:
        assert isinstance(noted, Noted)
    reader.close()


@pytest.mark.parametrize(
    ("name", "size"), [("notes.txt", SIZE), ("tapscope-calls-x", 10), ("tapscope-calls-x", None)]
)
def test_another_file_is_neither_read_nor_removed(
    tmp_path: Path, name: str, size: int | None
) -> None:
    path = tmp_path / name
    if size is None:
        path.mkdir()
    else:
        path.write_bytes(bytes(size))
    with pytest.raises(OSError, match="scoreboard"):
        ScoreboardReader(str(path))
    assert path.exists()
