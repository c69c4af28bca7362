"""What programs do with sqlite3: each gives something that can be compared.

They run in a folder of their own, and name everything by ``sqlite3.`` as programs do.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import pickle
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

Use: TypeAlias = Callable[[], object]

ALL: list[Use] = []


def use(function: Use) -> Use:
    ALL.append(function)
    return function


def connect(*args: Any, **options: Any) -> Any:
    """Call what is there under the name now."""
    return sqlite3.connect(*args, **options)


def opened(**options: Any) -> Any:
    connection = connect(":memory:", **options)
    connection.execute("CREATE TABLE t (a, b)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(1, "x"), (2, "y"), (3, "z")])
    connection.commit()
    return connection


@use
def looks_at_the_objects() -> object:
    with closing(opened()) as connection:
        cursor = connection.cursor()
        made = connection.execute("SELECT 1")
        things: list[object] = [connection, cursor, made]
        return [
            (repr(thing).partition(" at ")[0], thing.__class__, repr(type(thing)), thing.__doc__)
            for thing in things
        ], [
            (kind.__name__, kind.__qualname__, kind.__module__, kind.__doc__, kind.__flags__ & 2**9)
            for kind in map(type, things)
        ]


@use
def asks_what_it_is() -> object:
    with closing(opened()) as connection:
        cursor = connection.execute("SELECT 1")
        return (
            isinstance(connection, sqlite3.Connection),
            isinstance(cursor, sqlite3.Cursor),
            isinstance(connection, sqlite3.Cursor),
            issubclass(type(cursor), sqlite3.Cursor),
            cursor.connection is connection,
            connection.__class__ is sqlite3.Connection,
            hasattr(connection, "__dict__"),
            hasattr(cursor, "__dict__"),
            sorted(set(dir(connection)) - {"__weakref__"}),
            sorted(dir(cursor)),
        )


@use
def looks_at_connect() -> object:
    owners = [import_module(name) for name in ("sqlite3", "sqlite3.dbapi2", "_sqlite3")]
    found = [owner.connect for owner in owners]
    first = found[0]
    same = all(each is first for each in found)
    return first.__name__, first.__qualname__, first.__module__, first.__doc__, same


@use
def pickles_a_connection() -> object:
    with closing(opened()) as connection, suppress(TypeError):
        return pickle.dumps(connection)
    return "refused"


@use
def copies_a_cursor() -> object:
    with closing(opened()) as connection, suppress(TypeError):
        return copy.copy(connection.cursor())
    return "refused"


@use
def gives_connections_attributes() -> object:
    with closing(opened()) as connection:
        try:
            connection.mine = 1
        except AttributeError as error:
            # The text calls the class by its short name.
            return str(error).replace("sqlite3.", "")
    return None


@use
def fetches_in_all_ways() -> object:
    with closing(opened()) as connection:
        cursor = connection.cursor()
        cursor.arraysize = 2
        query = "SELECT * FROM t ORDER BY a"
        return (
            cursor.execute(query) is cursor,
            cursor.fetchone(),
            cursor.fetchmany(),
            cursor.fetchmany(5),
            cursor.fetchone(),
            cursor.fetchall(),
            list(cursor.execute(query)),
            next(cursor.execute(query)),
            connection.execute(query).fetchall(),
            cursor.execute(query).fetchmany(size=1),
            [row for row in connection.execute(query) if row[0] > 1],
            dict(connection.execute(query)),
            next(cursor, "more"),
            list(cursor),
            next(cursor, "none"),
        )


@use
def steps_past_the_end() -> object:
    with closing(opened()) as connection:
        cursor = connection.execute("SELECT 1")
        return next(cursor), next(cursor)


@use
def leaves_rows_behind_and_goes_on() -> object:
    with closing(opened()) as connection:
        cursor = connection.execute("SELECT a FROM t ORDER BY a")
        first = cursor.fetchone()
        connection.execute("DELETE FROM t WHERE a = 2")
        connection.commit()
        return first, cursor.fetchall(), connection.total_changes


@use
def nests_two_results() -> object:
    with closing(opened()) as connection:
        query = "SELECT a FROM t ORDER BY a"
        return [(a, b) for (a,) in connection.execute(query) for (b,) in connection.execute(query)]


@use
def reads_what_a_cursor_tells() -> object:
    with closing(opened()) as connection:
        cursor = connection.cursor()
        told: list[object] = []
        for statement in (
            "SELECT a, b AS c FROM t",
            "INSERT INTO t VALUES (9, 9)",
            "UPDATE t SET b = 0",
            "DELETE FROM t",
            "CREATE TABLE u (a)",
            "INSERT INTO u VALUES (1), (2) RETURNING a",
            "PRAGMA user_version",
        ):
            cursor.execute(statement)
            told.append((cursor.description, cursor.rowcount, cursor.lastrowid))
            cursor.fetchall()
            told.append((cursor.rowcount, cursor.lastrowid, cursor.arraysize))
        return told


@use
def sends_many_from_a_generator() -> object:
    taken: list[int] = []

    def rows() -> Iterator[tuple[int, int]]:
        for number in range(4):
            taken.append(number)
            yield number, number

    with closing(opened()) as connection:
        cursor = connection.executemany("INSERT INTO t VALUES (?, ?)", rows())
        return taken, cursor.rowcount, connection.execute("SELECT count(*) FROM t").fetchone()


@use
def sends_many_of_which_one_is_wrong() -> None:
    with closing(opened()) as connection:
        connection.executemany("INSERT INTO t VALUES (?, ?)", iter([(1, 2), (1,)]))


@use
def sends_many_from_a_generator_that_fails() -> None:
    def rows() -> Iterator[tuple[int, int]]:
        yield 1, 1
        raise ZeroDivisionError("in the generator")

    with closing(opened()) as connection:
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows())


@use
def runs_a_script() -> object:
    with closing(opened()) as connection:
        connection.execute("INSERT INTO t VALUES (4, 4)")
        before = connection.in_transaction
        made = connection.executescript("CREATE TABLE u (a); INSERT INTO u VALUES (1); BEGIN;")
        return before, connection.in_transaction, made.fetchall(), made.description


@use
def runs_a_wrong_script() -> None:
    with closing(opened()) as connection:
        connection.cursor().executescript("CREATE TABLE u (a); nonsense;")


@use
def has_transactions_of_its_own() -> object:
    seen: list[bool] = []
    with closing(opened(isolation_level=None)) as connection:
        for statement in ("BEGIN", "INSERT INTO t VALUES (5, 5)", "SAVEPOINT s", "ROLLBACK TO s"):
            connection.execute(statement)
            seen.append(connection.in_transaction)
        connection.execute("ROLLBACK")
        return seen, connection.in_transaction, connection.isolation_level


@use
def has_implicit_transactions() -> object:
    with closing(opened(isolation_level="IMMEDIATE")) as connection:
        connection.execute("INSERT INTO t VALUES (5, 5)")
        inside = connection.in_transaction
        connection.rollback()
        after = connection.execute("SELECT count(*) FROM t").fetchone()
        connection.isolation_level = None
        return inside, connection.in_transaction, after, connection.isolation_level


@use
def commits_by_with() -> object:
    with closing(opened()) as connection:
        with connection as given:
            given.execute("INSERT INTO t VALUES (6, 6)")
        with suppress(ZeroDivisionError), connection:
            connection.execute("INSERT INTO t VALUES (7, 7)")
            raise ZeroDivisionError
        return given is connection, connection.execute("SELECT max(a) FROM t").fetchall()


@use
def has_autocommit_off() -> object:
    if sys.version_info < (3, 12):
        return None
    with closing(connect("db", autocommit=False)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.commit()
        states = [connection.in_transaction, connection.autocommit]
        connection.autocommit = True
        return states, connection.in_transaction, connection.autocommit


@use
def gives_everything_by_position() -> object:
    arguments = "db", 1.5, sqlite3.PARSE_DECLTYPES, None, True, sqlite3.Connection, 32, False
    with closing(connect(*arguments)) as connection:
        return connection.isolation_level, connection.__class__


@use
def gives_some_by_position() -> object:
    with closing(connect("db", 1.5)) as connection:
        return connection.execute("SELECT 1").fetchone()


@use
def names_a_database_by_its_bytes() -> object:
    connect(b"by bytes").close()
    connect(Path("by path")).close()
    connect(database="by keyword", timeout=1).close()
    connect("file:by%20uri?mode=rwc", uri=True).close()
    return sorted(path.name for path in Path().iterdir())


class Counting(sqlite3.Connection):
    """A program's own connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.given = len(args), sorted(kwargs), kwargs.get("factory"), type(self) is Counting
        self.sent: list[str] = []
        super().__init__(*args, **kwargs)

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        self.sent.append(sql)
        return super().execute(sql, parameters)

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or Shouting)


class Shouting(sqlite3.Cursor):
    """A program's own cursor."""

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        return super().execute(sql.replace("%s", "?"), parameters)

    def fetchone(self) -> Any:
        row = super().fetchone()
        return row and [str(value).upper() for value in row]


@use
def brings_classes_of_its_own() -> object:
    with closing(connect(":memory:", factory=Counting)) as connection:
        connection.execute("CREATE TABLE t (a)")
        cursor = connection.cursor()
        cursor.execute("INSERT INTO t VALUES (%s)", ("x",))
        cursor.execute("SELECT a FROM t")
        return (
            connection.given,
            connection.sent,
            cursor.fetchone(),
            connection.__class__,
            cursor.__class__,
            repr(cursor).partition(" at ")[0],
            isinstance(cursor, Shouting),
            sorted(connection.__dict__),
            cursor.__dict__,
        )


class Slotted(sqlite3.Cursor):
    """A cursor with a place of its own."""

    __slots__ = ("kept",)

    kept: int


@use
def has_cursors_with_slots() -> object:
    with closing(opened()) as connection:
        cursor = connection.cursor(Slotted)
        cursor.kept = 5
        return cursor.execute("SELECT 5").fetchone(), cursor.kept, hasattr(cursor, "__dict__")


@use
def makes_a_factory_of_a_function() -> object:
    def factory(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        kwargs["factory"] = Counting
        return Counting(*args, **kwargs)

    with closing(connect(":memory:", factory=factory)) as connection:
        connection.execute("SELECT 1")
        return connection.__class__, connection.sent


@use
def makes_something_else_of_a_factory() -> object:
    def factory(*args: object, **options: object) -> object:
        return len(args), sorted(options)

    return connect("nowhere", factory=factory)


class Registered(sqlite3.Connection):
    """Knows its subclasses."""

    known: list[str] = []  # noqa: RUF012

    def __init_subclass__(cls) -> None:
        Registered.known.append(cls.__name__)


@use
def keeps_a_register_of_subclasses() -> object:
    with closing(connect(":memory:", factory=Registered)) as connection:
        return connection.execute("SELECT 1").fetchone(), list(Registered.known)


@use
def constructs_by_class() -> object:
    with closing(sqlite3.Connection(":memory:")) as connection:
        cursor = sqlite3.Cursor(connection)
        return cursor.execute("SELECT 1").fetchall(), type(cursor), type(connection)


@use
def makes_another_of_the_same_class() -> object:
    with closing(opened()) as first, closing(first.__class__(":memory:")) as second:
        return second.execute("SELECT 1").fetchall()


@use
def passes_cursor_classes() -> object:
    with closing(opened()) as connection:
        return (
            connection.cursor(sqlite3.Cursor).__class__,
            connection.cursor(factory=Shouting).__class__,
            connection.cursor(partial(Shouting)).__class__,
        )


@use
def has_rows_of_its_own() -> object:
    with closing(opened()) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT * FROM t ORDER BY a").fetchall()
        cursor = connection.cursor()
        given: list[object] = []

        def reverse(owner: object, row: tuple[object, ...]) -> tuple[object, ...]:
            given.append(owner is cursor)
            return row[::-1]

        cursor.row_factory = reverse
        named = [(row["a"], row.keys()) for row in rows]
        return named, cursor.execute("SELECT 1, 2").fetchone(), given


def backwards(one: str, other: str) -> int:
    return (one < other) - (one > other)


def twice(number: int) -> int:
    return number * 2


@use
def has_functions_of_its_own() -> object:
    with closing(opened()) as connection:
        connection.create_function("twice", 1, twice, deterministic=True)
        connection.create_collation("backwards", backwards)
        traced: list[str] = []
        connection.set_trace_callback(traced.append)
        query = "SELECT twice(a) FROM t ORDER BY b COLLATE backwards"
        return connection.execute(query).fetchall(), traced


@use
def has_a_function_that_fails() -> None:
    with closing(opened()) as connection:
        connection.create_function("fail", 0, lambda: 1 / 0)
        connection.execute("SELECT fail()").fetchall()


def fail(*_: object) -> object:
    raise ZeroDivisionError


@use
def has_a_row_factory_that_fails() -> None:
    with closing(opened()) as connection:
        connection.row_factory = fail
        connection.execute("SELECT 1").fetchone()


@use
def has_an_adapter_that_fails() -> None:
    class Point:
        def __conform__(self, _protocol: object) -> object:
            raise ZeroDivisionError("in the adapter")

    with closing(opened()) as connection:
        connection.execute("INSERT INTO t VALUES (?, 1)", (Point(),))


@use
def has_text_that_is_none() -> None:
    with closing(opened()) as connection:
        connection.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()


@use
def stores_times() -> object:
    with closing(connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)) as connection:
        connection.execute("CREATE TABLE t (at TIMESTAMP, day DATE)")
        now = dt.datetime(2020, 1, 2, 3, 4)  # noqa: DTZ001
        connection.execute("INSERT INTO t VALUES (?, ?)", (now, now.date()))
        return connection.execute("SELECT * FROM t").fetchall()


@use
def mixes_up_placeholders() -> object:
    with closing(opened()) as connection:
        return connection.execute("SELECT :a", (1,)).fetchone()


@use
def dumps_and_backs_up() -> object:
    with closing(opened()) as connection, closing(connect("copy")) as target:
        progress: list[tuple[int, int, int]] = []

        def tell(*told: int) -> None:
            progress.append((told[0], told[1], told[2]))

        connection.backup(target, pages=1, progress=tell)
        copied = target.execute("SELECT * FROM t").fetchall()
        return list(connection.iterdump()), copied, progress


@use
def opens_a_blob() -> object:
    with closing(opened()) as connection:
        connection.execute("INSERT INTO t VALUES (8, zeroblob(3))")
        row = connection.execute("SELECT max(rowid) FROM t").fetchone()[0]
        with connection.blobopen("t", "b", row) as blob:
            blob.write(b"abc")
        return connection.execute("SELECT b FROM t WHERE rowid = ?", (row,)).fetchone()


@use
def breaks_a_constraint() -> None:
    with closing(opened()) as connection:
        connection.execute("CREATE UNIQUE INDEX i ON t (a)")
        connection.execute("INSERT INTO t VALUES (1, 1)")


@use
def uses_it_in_another_thread() -> object:
    with closing(opened()) as connection:
        cursor = connection.execute("SELECT 1")
        errors: list[object] = []

        def work() -> None:
            for call in (
                cursor.fetchone,
                lambda: connection.execute("SELECT 1"),
                connection.cursor,
                lambda: cursor.execute("SELECT 1"),
                connection.commit,
                connection.close,
            ):
                try:
                    call()
                except sqlite3.ProgrammingError as error:
                    errors.append(str(error).partition(" The object")[0])

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return errors, cursor.fetchone()


@use
def uses_it_after_closing() -> None:
    connection = opened()
    connection.close()
    connection.close()
    connection.execute("SELECT 1")


@use
def makes_a_cursor_after_closing() -> None:
    connection = opened()
    connection.close()
    connection.cursor()


@use
def uses_a_closed_cursor() -> None:
    with closing(opened()) as connection:
        cursor = connection.execute("SELECT 1")
        cursor.close()
        cursor.fetchone()


@use
def closes_with_rows_left() -> None:
    connection = opened()
    cursor = connection.execute("SELECT * FROM t")
    connection.close()
    cursor.fetchone()


@use
def sends_nothing() -> None:
    with closing(opened()) as connection:
        connection.execute()


@use
def sends_by_keyword() -> None:
    with closing(opened()) as connection:
        connection.cursor().execute(sql="SELECT 1")


@use
def sends_by_keyword_in_short() -> None:
    with closing(opened()) as connection:
        connection.execute(sql="SELECT 1")


@use
def sends_too_much() -> None:
    with closing(opened()) as connection:
        connection.executescript("SELECT 1", 2)


@use
def sends_a_number() -> None:
    with closing(opened()) as connection:
        connection.execute(5)


@use
def sends_two_at_once() -> None:
    with closing(opened()) as connection:
        connection.execute("SELECT 1; SELECT 2")


@use
def sends_too_few_parameters() -> None:
    with closing(opened()) as connection:
        connection.execute("SELECT ?, ?", (1,))


@use
def fetches_by_a_wrong_size() -> None:
    with closing(opened()) as connection:
        connection.execute("SELECT 1").fetchmany("x")


@use
def connects_to_nothing() -> None:
    connect()


@use
def connects_with_an_unknown_word() -> None:
    connect(":memory:", hurry=True)


@use
def connects_with_too_much() -> None:
    connect(":memory:", 1, 0, "", True, sqlite3.Connection, 5, False, 9)


@use
def connects_where_there_is_no_folder() -> None:
    connect("no/such/folder")


@use
def loses_a_connection() -> object:
    connection = opened()
    connection.execute("INSERT INTO t VALUES (1, 1)")
    del connection
    return None


@use
def makes_a_cursor_of_none() -> None:
    with closing(opened()) as connection:
        connection.cursor(None)


@use
def interrupts_and_limits() -> object:
    with closing(opened()) as connection:
        connection.interrupt()
        calls: list[int] = []
        connection.set_progress_handler(lambda: calls.append(1), 1)
        connection.execute("SELECT a FROM t ORDER BY b").fetchall()
        return bool(calls), connection.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED)


@use
def serializes() -> object:
    with closing(opened()) as connection, closing(connect(":memory:")) as other:
        other.deserialize(connection.serialize())
        out = io.StringIO()
        for row in other.execute("SELECT * FROM t ORDER BY a"):
            print(*row, file=out)
        return out.getvalue()
