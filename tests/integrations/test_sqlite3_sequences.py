"""Whatever a program does in whatever order: two connections, one of them watched, agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, nullcontext
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tapscope.channels import subscribe
from tapscope.channels.lifecycle_states import checked
from tapscope.channels.testing import capture
from tapscope.integrations import sqlite3 as integration

Step: TypeAlias = Callable[["Program"], object]


class Program:
    """A connection, some cursors of it, and what was seen of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.cursors = [connection.cursor(), connection.cursor()]
        self.rows: list[object] = []

    def do(self, step: Step) -> object:
        try:
            seen = step(self)
        except (sqlite3.Error, sqlite3.Warning, StopIteration, TypeError) as error:
            seen = type(error), str(error)
        return seen, self.connection.in_transaction, self.connection.total_changes

    def got(self, rows: list[Any]) -> list[Any]:
        self.rows += rows
        return rows


STATEMENTS = [
    ("SELECT a FROM t ORDER BY a", ()),
    ("SELECT a, b FROM t WHERE a < ?", (3,)),
    ("SELECT :a", {"a": 1}),
    ("SELECT ?", ()),
    ("INSERT INTO t VALUES (?, 1)", (4,)),
    ("INSERT INTO t VALUES (5, 5), (6, 6) RETURNING a", ()),
    ("UPDATE t SET b = b + 1", ()),
    ("DELETE FROM t WHERE a = 1", ()),
    ("INSERT INTO only VALUES (1)", ()),
    ("INSERT OR ROLLBACK INTO only VALUES (1)", ()),
    ("BEGIN", ()),
    ("COMMIT", ()),
    ("/* to */ ROLLBACK", ()),
    ("SAVEPOINT s", ()),
    ("RELEASE s", ()),
    ("nonsense", ()),
    ("", ()),
    ("-- nothing", ()),
]

cursors = st.integers(0, 1)


def execute(which: int, statement: tuple[str, Any]) -> Step:
    return lambda program: program.cursors[which].execute(*statement).description


def shortcut(statement: tuple[str, Any]) -> Step:
    return lambda program: program.got(program.connection.execute(*statement).fetchall())


def keep(which: int, statement: tuple[str, Any]) -> Step:
    def step(program: Program) -> object:
        program.cursors[which] = program.connection.execute(*statement)
        return program.cursors[which].rowcount

    return step


def many(which: int, count: int, ending: str) -> Step:
    def step(program: Program) -> object:
        cursor = program.cursors[which]
        rows = ((number, number) for number in range(count))
        cursor.executemany(f"INSERT INTO t VALUES (?, ?) {ending}", rows)
        return cursor.rowcount, cursor.description

    return step


def script(which: int, text: str) -> Step:
    return lambda program: program.cursors[which].executescript(text).description


def fetch_one(which: int) -> Step:
    def step(program: Program) -> object:
        row = program.cursors[which].fetchone()
        return row if row is None else program.got([row])

    return step


def fetch_many(which: int, size: int) -> Step:
    return lambda program: program.got(program.cursors[which].fetchmany(size))


def fetch_all(which: int) -> Step:
    return lambda program: program.got(program.cursors[which].fetchall())


def step_on(which: int) -> Step:
    return lambda program: program.got([next(program.cursors[which])])


def renew(which: int) -> Step:
    def step(program: Program) -> object:
        program.cursors[which].close()
        program.cursors[which] = program.connection.cursor()
        return None

    return step


def scope(statement: tuple[str, Any]) -> Step:
    def step(program: Program) -> object:
        with program.connection:
            return program.connection.execute(*statement).rowcount

    return step


def isolate(level: str | None) -> Step:
    return lambda program: setattr(program.connection, "isolation_level", level)


def commit(program: Program) -> object:
    program.connection.commit()
    return None


def roll_back(program: Program) -> object:
    program.connection.rollback()
    return None


statement = st.sampled_from(STATEMENTS)
steps = st.one_of(
    st.builds(execute, cursors, statement),
    st.builds(shortcut, statement),
    st.builds(keep, cursors, statement),
    st.builds(many, cursors, st.integers(0, 3), st.sampled_from(["", "RETURNING a"])),
    st.builds(script, cursors, st.sampled_from(["", "BEGIN; SELECT 1;", "COMMIT", "nonsense"])),
    st.builds(fetch_one, cursors),
    st.builds(fetch_many, cursors, st.integers(0, 3)),
    st.builds(fetch_all, cursors),
    st.builds(step_on, cursors),
    st.builds(renew, cursors),
    st.builds(scope, statement),
    st.builds(isolate, st.sampled_from([None, "", "IMMEDIATE"])),
    st.just(commit),
    st.just(roll_back),
)
patient = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

SCHEMA = """
    CREATE TABLE t (a, b); CREATE TABLE only (a UNIQUE);
    INSERT INTO t VALUES (1, 1), (2, 2); INSERT INTO only VALUES (1);
"""


def pair(stack: ExitStack) -> tuple[Program, Program]:
    """A plain connection, which the class itself gives, and one that is watched."""
    both = sqlite3.Connection(":memory:"), sqlite3.connect(":memory:")
    for connection in both:
        stack.enter_context(closing(connection))
        connection.executescript(SCHEMA)
    assert not isinstance(both[0], type(both[1]))
    return Program(both[0]), Program(both[1])


@patient
@given(st.lists(steps, max_size=20))
def test_two_connections_agree_and_all_rows_are_told(program: list[Step]) -> None:
    """The program sees the same; what is published is its rows, in legal order, to the end."""
    with checked() as checker, capture("database.body_chunk") as heard:
        with ExitStack() as stack:
            bare, watched = pair(stack)
            for step in program:
                assert watched.do(step) == bare.do(step)
        assert [row for rows in heard.messages for row in rows.rows] == bare.rows
        assert not checker.open


@patient
@given(st.lists(st.tuples(st.booleans(), steps), max_size=20))
def test_listeners_may_come_and_go(program: list[tuple[bool, Step]]) -> None:
    """The program sees the same whether somebody listens to a step or not."""
    undo = integration.install()
    with ExitStack() as stack:
        stack.callback(undo)
        bare, watched = pair(stack)
        for listening, step in program:
            with subscribe("database.**", lambda _, __: None) if listening else nullcontext():
                seen = watched.do(step)
            assert seen == bare.do(step)
