"""What is published of a program's use of sqlite3."""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import warnings
import weakref
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tapscope import integrations
from tapscope.channels import subscribe, suppress
from tapscope.channels._identity import current_exchange
from tapscope.channels.lifecycle_states import checked
from tapscope.channels.testing import capture
from tests.integrations.sqlite3_uses import Counting, Shouting


@pytest.fixture
def heard() -> Iterator[capture]:
    """Every event of statements and connections, in legal order."""
    with checked(), capture("database.**") as events:
        yield events


@pytest.fixture
def connection(heard: capture) -> Iterator[sqlite3.Connection]:
    """A connection to a table of three rows, which is in no transaction."""
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.executescript(
            "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')"
        )
        heard.clear()
        yield opened


def phases(heard: capture) -> list[str]:
    """The statements' events, without those of the connection."""
    names = [event.name.split(".") for event in heard]
    return [name[1] for name in names if len(name) == 2]


def transactions(heard: capture) -> list[tuple[str, int | None]]:
    return [(event.state, event.statement) for event in heard.of("database.connection.body_chunk")]


def test_a_query_is_told_from_start_to_end(heard: capture, connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT a, b AS c FROM t WHERE a > ?", (1,)).fetchall()
    start, described, fetched, finish = heard.messages
    assert (start.driver, start.database) == ("sqlite3", ":memory:")
    assert (start.statement, start.parameters) == ("SELECT a, b AS c FROM t WHERE a > ?", (1,))
    assert (described.columns, described.changed) == (["a", "c"], None)
    assert fetched.rows is rows
    assert (finish.fetched, finish.complete) == (2, True)
    assert start.at <= described.at <= fetched.at <= finish.at


def test_parameters_are_the_programs_own(heard: capture, connection: sqlite3.Connection) -> None:
    by_name = {"a": 1}
    connection.execute("SELECT :a", by_name).fetchall()
    assert heard.of("database.start")[0].parameters is by_name


@pytest.mark.parametrize(
    ("fetches", "chunks", "complete"),
    [
        ([], [], False),
        (["fetchone()"], [1], False),
        (["fetchone()"] * 3, [1, 1, 1], True),
        (["fetchone()"] * 4, [1, 1, 1], True),
        (["fetchmany(2)"], [2], False),
        (["fetchmany(2)"] * 2, [2, 1], True),
        (["fetchmany(3)"], [3], True),
        (["fetchmany()", "fetchall()"], [1, 2], True),
        (["__next__()", "__next__()"], [1, 1], False),
        (["__iter__().__next__()"] * 3, [1, 1, 1], True),
        (["fetchone()", "close()"], [1], False),
        (["fetchall()", "close()"], [3], True),
        (["fetchone()", "connection.close()"], [1], False),
        (["fetchone()", "execute('SELECT 1 WHERE 0')"], [1], False),
    ],
)
def test_rows_are_told_as_they_are_fetched(
    fetches: list[str],
    chunks: list[int],
    complete: bool,  # noqa: FBT001
    heard: capture,
    connection: sqlite3.Connection,
) -> None:
    """The end comes with the last row, or when the program leaves the rest behind."""
    cursor = connection.execute("SELECT a FROM t ORDER BY a")
    for fetch in fetches:
        eval(f"cursor.{fetch}", {"cursor": cursor})
    still = sys.getrefcount(cursor)
    del cursor
    assert still == 2
    assert [len(event.rows) for event in heard.of("database.body_chunk")] == chunks
    finish = heard.of("database.finish")[0]
    assert (finish.fetched, finish.complete) == (sum(chunks), complete)


def test_a_result_is_finished_with_its_last_row(
    heard: capture, connection: sqlite3.Connection
) -> None:
    """Not only when the program asks for one more."""
    cursor = connection.execute("SELECT count(*) FROM t")
    assert phases(heard) == ["start", "headers"]
    cursor.fetchone()
    assert phases(heard) == ["start", "headers", "body_chunk", "finish"]


@pytest.mark.parametrize(
    ("statement", "columns", "changed"),
    [
        ("SELECT a FROM t WHERE a > 9", ["a"], None),
        ("UPDATE t SET b = 0 WHERE a < 3", [], 2),
        ("DELETE FROM t", [], 3),
        ("CREATE TABLE u (a)", [], None),
        ("-- nothing", [], None),
    ],
)
def test_a_statement_without_rows_is_finished_at_once(
    statement: str,
    columns: list[str],
    changed: int | None,
    heard: capture,
    connection: sqlite3.Connection,
) -> None:
    cursor = connection.cursor()
    cursor.execute(statement)
    described = heard.of("database.headers")[0]
    assert (described.columns, described.changed) == (columns, changed)
    assert heard.of("database.finish")[0].complete


def test_what_a_statement_returns_is_its_rows(
    heard: capture, connection: sqlite3.Connection
) -> None:
    made = connection.execute("INSERT INTO t VALUES (4, 4), (5, 5) RETURNING a").fetchall()
    assert made == [(4,), (5,)]
    assert phases(heard) == ["start", "headers", "body_chunk", "finish"]
    assert heard.of("database.headers")[0].changed is None


def test_many_are_one_statement(heard: capture, connection: sqlite3.Connection) -> None:
    rows = [(7, 7), (8, 8)]
    connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    start = heard.of("database.start")[0]
    assert (start.many, start.parameters is rows) == (True, True)
    assert heard.of("database.headers")[0].changed == 2
    assert phases(heard) == ["start", "headers", "finish"]


def test_a_generator_of_parameters_is_left_to_the_driver(
    heard: capture, connection: sqlite3.Connection
) -> None:
    connection.executemany("INSERT INTO t VALUES (?, ?)", ((n, n) for n in range(3)))
    assert heard.of("database.start")[0].parameters is None
    assert heard.of("database.headers")[0].changed == 3


def test_a_script_is_one_statement(heard: capture, connection: sqlite3.Connection) -> None:
    connection.executescript("CREATE TABLE u (a); INSERT INTO u VALUES (1)")
    assert phases(heard) == ["start", "headers", "finish"]


def test_a_script_leaves_the_rows_of_its_cursor(
    heard: capture, connection: sqlite3.Connection
) -> None:
    """As sqlite3 does: they can be fetched after it."""
    cursor = connection.execute("SELECT a FROM t ORDER BY a")
    cursor.executescript("CREATE TABLE u (a)")
    assert cursor.fetchall() == [(1,), (2,), (3,)]
    query, script = [start.id for start in heard.of("database.start")]
    assert [event.id for event in heard.of("database.finish")] == [script, query]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("INSERT INTO t VALUES (1)", sqlite3.OperationalError),
        ("SELECT ?", sqlite3.ProgrammingError),
        ("nonsense", sqlite3.OperationalError),
    ],
)
def test_the_very_error_is_told(
    statement: str, error: type[Exception], heard: capture, connection: sqlite3.Connection
) -> None:
    with pytest.raises(error) as caught:
        connection.execute(statement)
    assert phases(heard) == ["start", "error"]
    assert heard.of("database.error")[0].error is caught.value


def test_an_error_among_the_rows_ends_the_statement(
    heard: capture, connection: sqlite3.Connection
) -> None:
    cursor = connection.execute("SELECT 1 UNION ALL SELECT CAST(x'ff' AS TEXT)")
    with pytest.raises(sqlite3.OperationalError) as caught:
        cursor.fetchall()
    assert heard.of("database.error")[0].error is caught.value
    assert phases(heard)[-1] == "error"


def test_a_connection_is_told_from_opening_to_closing(heard: capture, tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT 1").fetchall()
    opened, ready, statement = heard.messages[:3]
    assert (opened.driver, opened.database, ready.version) == (
        "sqlite3",
        str(path),
        sqlite3.sqlite_version,
    )
    assert statement.connection == opened.id
    assert heard.names[-1] == "database.connection.finish"


@pytest.mark.parametrize(
    ("database", "options", "name"),
    [
        (":memory:", {}, ":memory:"),
        ("", {}, ""),
        (b"in bytes", {}, "in bytes"),
        (Path("a path"), {}, "a path"),
        ("file:x?mode=memory", {"uri": True}, "file:x?mode=memory"),
    ],
)
def test_a_database_is_named_as_the_program_names_it(
    database: Any, options: dict[str, Any], name: str, heard: capture, tmp_path: Path
) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        sqlite3.connect(database, **options).close()
    finally:
        os.chdir(before)
    assert heard.messages[0].database == name


def test_a_connection_that_is_lost_is_closed(heard: capture) -> None:
    connection = sqlite3.connect(":memory:")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # which Python 3.13 gives for that
        del connection
        gc.collect()  # it refers to itself
    assert heard.names[-1] == "database.connection.finish"


def test_a_connection_that_fails_is_told(heard: capture) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect("no/such/folder/db")
    assert heard.names == ["database.connection.start", "database.connection.error"]
    assert heard.messages[1].error is caught.value


@pytest.mark.parametrize(
    ("program", "states"),
    [
        ("c.execute('UPDATE t SET b = 1'); c.commit()", ["begin", "commit"]),
        ("c.execute('UPDATE t SET b = 1'); c.rollback()", ["begin", "rollback"]),
        ("c.execute('BEGIN'); c.execute('COMMIT')", ["begin", "commit"]),
        ("c.execute('BEGIN'); c.execute('/* no */ rollback')", ["begin", "rollback"]),
        ("c.execute('SAVEPOINT s'); c.execute('RELEASE s')", ["begin", "commit"]),
        ("c.execute('BEGIN'); c.executescript('')", ["begin", "commit"]),
        ("c.executescript('BEGIN'); c.close()", ["begin", "rollback"]),
        ("c.execute('SELECT 1'); c.commit(); c.rollback()", []),
        ("c.executemany('INSERT INTO t VALUES (?, 1)', [(1,)]); c.commit()", ["begin", "commit"]),
    ],
)
def test_transactions_are_told(
    program: str, states: list[str], heard: capture, connection: sqlite3.Connection
) -> None:
    exec(program, {"c": connection})
    assert [state for state, _ in transactions(heard)] == states


def fail_after(_done: object) -> None:
    raise ZeroDivisionError


def test_a_transaction_tells_which_statement_began_it(
    heard: capture, connection: sqlite3.Connection
) -> None:
    with connection:
        connection.execute("UPDATE t SET b = 1")
    with pytest.raises(ZeroDivisionError), connection:
        fail_after(connection.execute("UPDATE t SET b = 2"))
    first, second = [start.id for start in heard.of("database.start")]
    assert transactions(heard) == [
        ("begin", first),
        ("commit", None),
        ("begin", second),
        ("rollback", None),
    ]


def test_a_conflict_that_rolls_back_is_told(heard: capture, connection: sqlite3.Connection) -> None:
    connection.executescript("CREATE TABLE u (a UNIQUE); INSERT INTO u VALUES (1); BEGIN")
    heard.clear()
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT OR ROLLBACK INTO u VALUES (1)")
    assert transactions(heard) == [("rollback", heard.of("database.start")[0].id)]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="autocommit came with 3.12")
def test_a_connection_without_autocommit_is_always_in_a_transaction(heard: capture) -> None:
    connect: Any = sqlite3.connect
    with closing(connect(":memory:", autocommit=False)) as connection:
        connection.commit()
    states = [state for state, _ in transactions(heard)]
    assert states == ["begin", "commit", "begin", "rollback"]


def test_a_connection_opened_before_anybody_listens_is_watched_from_then_on() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        with checked(), capture("database.**") as heard:
            cursor.fetchall()
            cursor.execute("SELECT 2").fetchall()
        assert cursor.execute("SELECT 3").fetchall() == [(3,)]
    assert [start.statement for start in heard.of("database.start")] == ["SELECT 2"]
    assert heard.names[0] == "database.connection.start"


def test_a_result_is_told_no_further_when_the_listeners_have_left() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with capture("database.**"):
            cursor = connection.execute("SELECT 1")
        with checked(), capture("database.**") as heard:
            cursor.fetchall()
            cursor.close()
    assert not heard


def test_a_programs_own_classes_are_seen_through(heard: capture) -> None:
    """What is told is what they send to the database, and the rows as that gives them."""
    with closing(sqlite3.connect(":memory:", factory=Counting)) as connection:
        cursor = connection.cursor()
        assert isinstance(cursor, Shouting)
        assert cursor.execute("SELECT %s", ("x",)).fetchone() == ["X"]
        connection.execute("SELECT 2").fetchall()
    assert [start.statement for start in heard.of("database.start")] == ["SELECT ?", "SELECT 2"]
    assert [event.rows for event in heard.of("database.body_chunk")] == [(("x",),), [(2,)]]


def test_what_the_program_leaves_is_not_kept_alive(
    heard: capture, connection: sqlite3.Connection
) -> None:
    cursor = connection.execute("SELECT * FROM t")
    row = cursor.fetchone()
    alive = weakref.ref(cursor)
    heard.clear()
    del cursor
    assert alive() is None
    assert sys.getrefcount(row) == 2


def test_a_cursor_in_a_circle_is_told_when_the_collector_finds_it(
    heard: capture, connection: sqlite3.Connection
) -> None:
    cursor = connection.execute("SELECT * FROM t")
    circle: list[object] = [cursor]
    circle.append(circle)
    del cursor, circle
    gc.collect()
    assert not heard.of("database.finish")[0].complete


def test_a_statement_knows_its_parent_and_its_place(
    heard: capture, connection: sqlite3.Connection
) -> None:
    token = current_exchange.set(99)
    connection.execute("SELECT 1").fetchall()
    current_exchange.reset(token)
    start = heard.of("database.start")[0]
    ours = str(Path(integrations.__file__).parent)
    frames = [code for code in start.stack if not isinstance(code, int)]
    program = next(code for code in frames if not code.co_filename.startswith(ours))
    assert start.parent == 99
    assert program.co_name == "test_a_statement_knows_its_parent_and_its_place"


def test_what_is_suppressed_is_silent(heard: capture, connection: sqlite3.Connection) -> None:
    with suppress():
        connection.execute("SELECT 1").fetchall()
        with closing(sqlite3.connect(":memory:")) as another:
            another.execute("SELECT 1").fetchall()
    assert not heard


@pytest.mark.parametrize("channel", ["start", "headers", "body_chunk", "finish"])
def test_a_listener_that_fails_does_no_harm(channel: str, connection: sqlite3.Connection) -> None:
    with subscribe(f"database.{channel}", lambda _, __: 1 / 0):
        assert connection.execute("SELECT a FROM t WHERE a = 1").fetchall() == [(1,)]


def test_nothing_of_ours_runs_while_nobody_listens() -> None:
    """The methods are those of C."""
    with closing(sqlite3.connect(":memory:")) as connection:
        plain = sqlite3.Connection(":memory:")
        cursor = connection.cursor()
        for ours, theirs in (connection, plain), (cursor, plain.cursor()):
            for name in ("execute", "executemany", "executescript", "close"):
                assert type(getattr(ours, name)) is type(getattr(theirs, name))
        plain.close()


def test_another_tools_proxy_around_connections_is_seen_through(
    heard: capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Proxy:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self.__wrapped__ = bare(*args, **kwargs)

    integrations.uninstall()
    bare: Any = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", Proxy)
    integrations.install()
    connect: Any = sqlite3.connect
    with closing(connect(":memory:").__wrapped__) as connection:
        connection.execute("SELECT 1").fetchall()
    integrations.uninstall()
    assert phases(heard) == ["start", "headers", "body_chunk", "finish"]


def test_taking_one_use_back_leaves_the_others(heard: capture) -> None:
    undo = integrations.sqlite3.install()
    undo()
    undo()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("SELECT 1").fetchall()
    assert phases(heard) == ["start", "headers", "body_chunk", "finish"]


def test_a_factory_that_gives_no_connection_leaves_none_open(
    heard: capture, caplog: pytest.LogCaptureFixture
) -> None:
    connect: Any = sqlite3.connect
    assert connect("nowhere", factory=lambda *_, **__: 5) == 5  # pyright: ignore[reportUnknownLambdaType]
    assert heard.names == ["database.connection.start", "database.connection.finish"]
    assert not caplog.records


def test_everything_is_put_back() -> None:
    owners = [import_module(name) for name in ("sqlite3", "sqlite3.dbapi2", "_sqlite3")]
    hooked = {owner.connect for owner in owners}
    integrations.uninstall()
    plain = {owner.connect for owner in owners}
    assert len(hooked) == len(plain) == 1
    assert type(plain.pop()) is type(len)
