from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from tapscope.channels.remote import is_remote
from tapscope.channels.testing import capture
from tapscope.integrations.sqlite3 import NoPlanError, explain

SCHEMA = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 2)"


@attrs.frozen
class Watched:
    """A program's connection, and the id it is published under."""

    connection: sqlite3.Connection
    id: int

    def details(self, statement: str) -> list[int | str]:
        return [step["detail"] for step in explain(self.id, statement)["steps"]]


def connect(database: str | Path, **options: Any) -> Watched:
    with capture("database.connection.start") as heard:
        connection = sqlite3.connect(database, **options)
    return Watched(connection, heard.one().id)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    found = connect(tmp_path / "100% #1?.db")
    with closing(found.connection):
        found.connection.executescript(SCHEMA)
        yield found


def test_the_host_may_ask_for_plans() -> None:
    assert is_remote(explain)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM t WHERE a = 1",
        "  /* why */ -- because\n select * from t where a = 1;",
        "SELECT * FROM t WHERE a = ?",
        "SELECT * FROM t WHERE a = ? AND b = ?2 AND b < ?",
        "SELECT * FROM t WHERE a = :a AND b = $b",
        "SELECT * FROM t WHERE a = ? AND b = :b AND b < @c",
        "SELECT '?', \"a\", [a], `b` /* ? */ FROM t WHERE a = ? AND b <> 'it''s ?' -- ?",
        "UPDATE t SET b = ? WHERE a = ?",
        "DELETE FROM t WHERE a = 1",
        "WITH x AS (SELECT 1 AS c) SELECT * FROM t WHERE a = 1",
    ],
)
def test_a_plan_says_which_index_is_used(statement: str, watched: Watched) -> None:
    assert "SEARCH t USING INDEX i (a=?)" in watched.details(statement)


@pytest.mark.parametrize(
    "statement", ["INSERT INTO t VALUES (?, ?)", "REPLACE INTO t VALUES (1, 2)", "VALUES (1)"]
)
def test_a_statement_with_little_to_plan_has_a_plan(statement: str, watched: Watched) -> None:
    assert isinstance(watched.details(statement), list)


def test_steps_know_their_parents(watched: Watched) -> None:
    steps = explain(watched.id, "SELECT a FROM t UNION SELECT b FROM t")["steps"]
    assert {step["parent"] for step in steps} <= {0, *(step["id"] for step in steps)}
    assert any(step["parent"] for step in steps)


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "-- nothing",
        "PRAGMA user_version = 5",
        "ATTACH 'x.db' AS x",
        "DROP TABLE t",
        "BEGIN",
        "VACUUM INTO 'x.db'",
        "EXPLAIN SELECT 1",
        "SELECT 1; DROP TABLE t",
        "SELECT load_extension('x')",
        "SELECT nowhere FROM t",
        "SELECT",
        "SELECT '\0'",
        "SELECT ?1000000",
    ],
)
def test_what_has_no_plan_is_refused(statement: str, watched: Watched, tmp_path: Path) -> None:
    """And does nothing."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(NoPlanError):
        explain(watched.id, statement)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("database", "options", "reason"),
    [
        (":memory:", {}, "in memory"),
        ("file::memory:?cache=shared", {"uri": True}, "in memory"),
        ("file:some?mode=memory&cache=shared", {"uri": True}, "in memory"),
        ("", {}, "temporary"),
        ("file:", {"uri": True}, "temporary"),
    ],
)
def test_a_database_without_a_file_has_no_plans(
    database: str, options: dict[str, Any], reason: str
) -> None:
    found = connect(database, **options)
    with closing(found.connection), pytest.raises(NoPlanError, match=reason):
        explain(found.id, "SELECT 1")


@pytest.mark.parametrize("uri", ["file:{}", "file://{}", "file://localhost{}?mode=rw", "file:{}#x"])
def test_a_database_named_by_a_uri_has_plans(uri: str, tmp_path: Path) -> None:
    path = tmp_path / "a b.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(SCHEMA)
    found = connect(uri.format(str(path).replace(" ", "%20")), uri=True)
    with closing(found.connection):
        assert found.details("SELECT * FROM t WHERE a = 1")


def test_a_relative_path_is_that_of_the_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = connect("here.db")
    monkeypatch.chdir("/")
    with closing(found.connection):
        found.connection.executescript(SCHEMA)
        assert found.details("SELECT * FROM t WHERE a = 1")


def test_a_connection_that_is_not_open_has_no_plans() -> None:
    with pytest.raises(NoPlanError, match="connection -1 is not open"):
        explain(-1, "SELECT 1")


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_the_programs_transaction_goes_on(journal: str, watched: Watched) -> None:
    """A plan is had in another thread while the program has written and not committed."""
    connection = watched.connection
    connection.execute(f"PRAGMA journal_mode = {journal}")
    traced: list[str] = []
    connection.execute("INSERT INTO t VALUES (5, 5)")
    connection.set_trace_callback(traced.append)
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(watched.details("SELECT * FROM t")))
    thread.start()
    thread.join()
    assert found == [["SCAN t"]]
    assert traced == []
    assert connection.in_transaction
    connection.commit()
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (2,)


def test_a_plan_is_not_reported_itself(watched: Watched) -> None:
    with capture("database.**") as heard:
        watched.details("SELECT * FROM t WHERE a = ? AND b = ?")
    assert not heard
