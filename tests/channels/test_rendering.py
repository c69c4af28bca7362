"""What is shown of a value of the program."""

from __future__ import annotations

import array
import cmath
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import logging
import math
import mmap
import pathlib
import sqlite3
import subprocess
import sys
import types
import uuid
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import attrs
import pytest

from tapscope.channels.rendering import Limits, Plain, RenderingError, render, renderer

HERE = __name__


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Mode(enum.Flag):
    READ = 1
    WRITE = 2


class Point(NamedTuple):
    x: int
    y: object


@attrs.define
class User:
    name: str
    age: int = 3


@attrs.define(slots=False)
class Account:
    user: User
    type: str = "free"
    password: str = attrs.field(default="secret", repr=False)
    token: str = attrs.field(default="secret", repr=lambda _: "***")


@dataclasses.dataclass
class Job:
    title: str
    tags: list[str] = dataclasses.field(default_factory=list[str])
    key: str = dataclasses.field(default="secret", repr=False)


@dataclasses.dataclass(slots=True)
class Task(Job):
    owner: User | None = None


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Share(float):
    pass


class Names(list[str]):
    pass


class Sizes(dict[str, int]):
    pass


class FarZone(dt.tzinfo):
    """A zone whose offset is the program's code."""

    def utcoffset(self, _: dt.datetime | None) -> dt.timedelta:
        raise AssertionError

    tzname = dst = utcoffset  # type: ignore[assignment]


class Plug:
    def join(self) -> None: ...


class Trouble(Exception):
    pass


def numbers() -> Iterator[int]:
    yield 1


UTC_NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
NOON = UTC_NOON.replace(tzinfo=None)
UUID_TEXT = "12345678-9abc-def0-1234-56789abcdef0"
BIG = 10**30

SHOWN: list[tuple[object, Plain]] = [
    # what is plain
    (None, None),
    (True, True),
    (-(2**63), -(2**63)),
    (2**64 - 1, 2**64 - 1),
    (2**64, "18446744073709551616"),
    (2**9000, "<int of 9,001 bits>"),
    (1.5, 1.5),
    (math.inf, "inf"),
    (-math.inf, "-inf"),
    (math.nan, "nan"),
    ("é", "é"),
    ("\udc80!", "?!"),
    (b"\x00", b"\x00"),
    (("alice", 3, None), ["alice", 3, None]),
    ({"a": {"b": [1]}}, {"a": {"b": [1]}}),
    # subclasses of it
    (Text("text"), "text"),
    (Number(3), 3),
    (Share(0.5), 0.5),
    (Names(["a"]), ["a"]),
    (Sizes(a=1), {"a": 1}),
    (collections.Counter("aab"), {"a": 2, "b": 1}),
    (collections.OrderedDict(a=1), {"a": 1}),
    # containers
    ({3, 10, 2}, [2, 3, 10]),
    (frozenset({"b", 1}), ["b", 1]),
    (collections.deque([1, "x"]), [1, "x"]),
    (types.MappingProxyType({"a": 1}), {"a": 1}),
    ({"a": 1}.keys(), ["a"]),
    ({"a": 1}.items(), [["a", 1]]),
    (
        {1: "a", "1": "b", None: "c", (1, 2): "d"},
        {"1": "a", "1 (2)": "b", "None": "c", "[1, 2]": "d"},
    ),
    (range(3), "range(0, 3, 1)"),
    (slice(1, None), "slice(1, None, None)"),
    # records
    (Point(1, [2]), {"type": f"{HERE}.Point", "x": 1, "y": [2]}),
    (User("alice"), {"type": f"{HERE}.User", "name": "alice", "age": 3}),
    (
        Account(User("bob", 4)),
        {
            "type": f"{HERE}.Account",
            "user": {"type": f"{HERE}.User", "name": "bob", "age": 4},
            "type (2)": "free",
            "token": "<str>",
        },
    ),
    (Job("paint", ["red"]), {"type": f"{HERE}.Job", "title": "paint", "tags": ["red"]}),
    (Task("a"), {"type": f"{HERE}.Task", "title": "a", "tags": [], "owner": None}),
    # the standard library
    (Colour.RED, f"{HERE}.Colour.RED"),
    (Level.LOW, f"{HERE}.Level.LOW"),
    (Mode.READ, f"{HERE}.Mode.READ"),
    (NOON, "2026-05-04T12:00:00"),
    (UTC_NOON, "2026-05-04T12:00:00+00:00"),
    (NOON.replace(tzinfo=zoneinfo.ZoneInfo("UTC")), "2026-05-04T12:00:00+00:00"),
    (NOON.replace(tzinfo=FarZone()), f"2026-05-04T12:00:00 <{HERE}.FarZone>"),
    (dt.time(12, tzinfo=FarZone()), f"12:00:00 <{HERE}.FarZone>"),
    (NOON.date(), "2026-05-04"),
    (NOON.time(), "12:00:00"),
    (dt.timedelta(days=1, seconds=2), "1 day, 0:00:02"),
    (decimal.Decimal("1.10"), "1.10"),
    (fractions.Fraction(1, 3), "1/3"),
    (uuid.UUID(UUID_TEXT), UUID_TEXT),
    (pathlib.PurePosixPath("/a/b"), "/a/b"),
    (1 + 2j, "(1+2j)"),
    (zoneinfo.ZoneInfo("UTC"), "UTC"),
    # code
    (int, "<class int>"),
    (User, f"<class {HERE}.User>"),
    (numbers, f"<function {HERE}.numbers>"),
    (numbers(), "<generator numbers>"),
    (Plug().join, f"<method {HERE}.Plug.join>"),
    (math.sin, "<built-in math.sin>"),
    (list[int]().append, "<built-in append>"),
    (cmath, "<module cmath>"),
    # errors
    (ValueError("bad", 3), {"type": "ValueError", "args": ["bad", 3]}),
    (Trouble(), {"type": f"{HERE}.Trouble", "args": []}),
    # anything else
    (object(), "<object>"),
    (Plug(), f"<{HERE}.Plug>"),
    (..., "<ellipsis>"),
    # memory
    (
        bytearray(b"abc"),
        {"type": "bytearray", "shape": [3], "format": "B", "bytes": 3, "head": b"abc"},
    ),
    (
        memoryview(b"abcdef").cast("B", (2, 3)),
        {"type": "memoryview", "shape": [2, 3], "format": "B", "bytes": 6, "head": b"abcdef"},
    ),
    (
        array.array("B", [1, 2]),
        {"type": "array.array", "shape": [2], "format": "B", "bytes": 2, "head": b"\x01\x02"},
    ),
    (mmap.mmap(-1, 10), {"type": "mmap.mmap", "bytes": 10}),
    (
        memoryview(mmap.mmap(-1, 10)),
        {"type": "memoryview", "shape": [10], "format": "B", "bytes": 10},
    ),
]


@pytest.mark.parametrize(("value", "shown"), SHOWN, ids=lambda side: type(side).__name__)
def test_a_value_is_shown_as(value: object, shown: Plain) -> None:
    """In the types of plain data exactly, whatever compares equal."""
    assert repr(render(value)) == repr(shown)


def test_a_row_of_sqlite3_is_shown_by_column() -> None:
    """Also where two columns have one name."""
    with sqlite3.connect(":memory:") as database:
        database.row_factory = sqlite3.Row
        [row] = database.execute("select 1 as id, 'x' as id, null as note")
    database.close()
    assert render(row) == {"id": 1, "id (2)": "x", "note": None}


def loop() -> object:
    """A list that contains itself, by a detour."""
    outer: list[object] = []
    outer.append({"up": outer})
    return outer


LITTLE = Limits(depth=2, items=2, text=100, total=1_000)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 103, "a" * 100 + "… (3 more)"),
        ("é" * 1_100, "é" * 100 + "… (1,000 more)"),
        (b"a" * 103, {"type": "bytes", "bytes": 103, "head": b"a" * 100}),
        ([1, 2, 3], [1, 2, "… (1 more)"]),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, {"a": 1, "b": 2, "…": "… (2 more)"}),
        ({7, 8, 9}, [8, 9, "… (1 more)"]),
        ([[[1, 2]]], [["<list of 2>"]]),
        ([[User("x")]], [[f"<{HERE}.User>"]]),
        (loop(), [{"up": "<cycle>"}]),
    ],
    ids=lambda side: type(side).__name__,
)
def test_what_is_cut_says_how_much(value: object, shown: Plain) -> None:
    """Texts, bytes, containers, depth and cycles."""
    assert render(value, LITTLE) == shown


def test_the_total_ends_what_the_other_limits_let_pass() -> None:
    """What is left out at each level is counted."""
    shown: Any = render([["x" * 90] * 50] * 50, Limits(total=200))
    assert shown == [["x" * 90] * 3 + ["… (47 more)"], "… (49 more)"]


@pytest.fixture
def reports(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """What was logged on ``tapscope`` so far."""
    with caplog.at_level(logging.ERROR, "tapscope"):
        yield lambda: [record.getMessage() for record in caplog.records]


def test_a_renderer_shows_its_class_and_those_below() -> None:
    """What it gives is shown in its turn."""
    with renderer(Plug, lambda plug: {"plug": [type(plug).__name__, Colour.RED]}):
        shown = {"plug": ["Plug", f"{HERE}.Colour.RED"]}
        assert render([Plug()]) == [shown]
        assert render(type("Plug", (Plug,), {})()) == shown
    assert render(Plug()) == f"<{HERE}.Plug>"


def test_a_renderer_comes_before_what_is_shown_otherwise() -> None:
    """Also for types that have a form already."""
    with renderer(User, lambda user: user.name), renderer(decimal.Decimal, float):
        assert render([User("alice"), decimal.Decimal(2)]) == ["alice", 2.0]
    assert render(decimal.Decimal(2)) == "2"


def test_the_latest_renderer_wins() -> None:
    """And the one before it is back when it ends, in whatever order they do."""
    first = renderer(Plug, lambda _: 1)
    second = renderer(Plug, lambda _: 2)
    third = renderer(Plug, lambda _: 3)
    assert render(Plug()) == 3
    second.close()
    second.close()
    third.close()
    assert render(Plug()) == 1
    first.close()
    assert render(Plug()) == f"<{HERE}.Plug>"


def test_a_renderer_that_fails_is_reported_once(reports: Callable[[], list[str]]) -> None:
    """What it fails on is shown by its type."""
    with renderer(Plug, lambda _: 1 / 0):
        assert render([Plug(), Plug()]) == [f"<{HERE}.Plug>"] * 2
    [message] = reports()
    assert "failed" in message
    assert "Plug" in message


def test_a_renderer_that_gives_ever_more_is_cut() -> None:
    """By the depth."""
    with renderer(Plug, lambda _: Plug()):
        assert render(Plug()) == f"<{HERE}.Plug>"
    with renderer(Plug, lambda plug: plug):
        assert render(Plug()) == "<cycle>"


@pytest.mark.parametrize(
    ("kind", "function", "message"),
    [
        ("Plug", repr, "not 'Plug'"),
        (str, repr, "plain data"),
        (object, repr, "plain data"),
        (Plug, None, "callable"),
    ],
)
def test_a_renderer_for_what_can_have_none_is_refused(
    kind: Any, function: Any, message: str
) -> None:
    """The error says which and why."""
    with pytest.raises(RenderingError, match=message):
        renderer(kind, function)


def test_nothing_is_imported_for_it() -> None:
    """A program that has no use for a type does not pay for it."""
    program = (
        "import sys; import tapscope.channels; before = set(sys.modules);"
        "from tapscope.channels.rendering import render; render([object(), {1: 2}]);"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - {'tapscope', 'gc', 'math'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=240, check=True
    )
    assert done.stdout == "[]\n"
