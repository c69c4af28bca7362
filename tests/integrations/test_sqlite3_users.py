"""Libraries that stand on sqlite3 work as before, and what they send is told."""

from __future__ import annotations

import importlib
import shelve
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc, orm

from tapscope import integrations
from tapscope.channels.lifecycle_states import checked
from tapscope.channels.testing import capture

metadata = sa.MetaData()
goods = sa.Table(
    "goods",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, unique=True),
    sa.Column("at", sa.DateTime, server_default=sa.func.current_timestamp()),
)


class Base(orm.DeclarativeBase):
    """What mapped classes derive from."""

    metadata = metadata


class Good(Base):
    __table__ = goods


def sells_by_sqlalchemy(folder: Path) -> object:
    """Tables, an ORM session, a unique key that is broken, a savepoint, raw SQL."""
    engine = sa.create_engine(f"sqlite:///{folder / 'shop.db'}")
    metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all([Good(name=name) for name in ("pen", "ink")])
        session.commit()
        with pytest.raises(exc.IntegrityError) as caught, session.begin_nested():
            session.execute(sa.insert(goods).values(name="pen"))
        names = session.scalars(sa.select(goods.c.name).order_by(goods.c.id)).all()
        patterned = session.execute(sa.text("SELECT name FROM goods WHERE name REGEXP 'n$'")).all()
    connection = engine.raw_connection()
    driver = connection.driver_connection
    connection.close()
    engine.dispose()
    return names, patterned, str(caught.value), driver.__class__


def keeps_a_shelf(folder: Path) -> object:
    """What ``shelve`` and ``dbm`` stand on is theirs to choose; from 3.13 on it is sqlite3."""
    with shelve.open(folder / "shelf") as shelf:
        shelf["a"] = [1, 2]
        shelf["b"] = {"c": 3}
        del shelf["a"]
        return dict(shelf), sorted(shelf), len(shelf)


class Percent(sqlite3.Cursor):
    """Takes ``%s`` for a placeholder, as web frameworks do."""

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        return super().execute(query.replace("%s", "?"), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        return super().executemany(query.replace("%s", "?"), param_list)


def serves_a_framework(folder: Path) -> object:
    """As Django does it: a connection for all threads, and a class of its own for every cursor."""
    with closing(
        sqlite3.connect(
            database=str(folder / "web.db"),
            detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
            check_same_thread=False,
            uri=True,
        )
    ) as connection:
        connection.create_function("shout", 1, str.upper, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        with closing(connection.cursor(factory=Percent)) as cursor:
            cursor.execute("CREATE TABLE t (a)")
            cursor.executemany("INSERT INTO t VALUES (%s)", [("x",), ("y",)])
            connection.commit()
            cursor.execute("SELECT shout(a) FROM t WHERE a > %s", ("a",))
            return list(iter(lambda: cursor.fetchmany(100), []))


PROGRAMS = [sells_by_sqlalchemy, keeps_a_shelf, serves_a_framework]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_sees_what_it_sees_without_us(
    program: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "watched").mkdir()
    integrations.uninstall()
    bare = program(tmp_path / "bare")
    integrations.install()
    with checked() as checker, capture("database.**"):
        assert program(tmp_path / "watched") == bare
        assert not checker.open


def test_what_sqlalchemy_sends_is_told(tmp_path: Path) -> None:
    with capture("database.**") as heard:
        sells_by_sqlalchemy(tmp_path)
    sent = [start.statement for start in heard.of("database.start")]
    assert any(statement.startswith("\nCREATE TABLE goods") for statement in sent)
    assert any(statement.startswith("INSERT INTO goods") for statement in sent)
    assert [type(event.error) for event in heard.of("database.error")] == [sqlite3.IntegrityError]
    assert {start.connection for start in heard.of("database.start")} == {
        start.id for start in heard.of("database.connection.start")
    }


@pytest.mark.skipif(sys.version_info < (3, 13), reason="dbm.sqlite3 came with 3.13")
def test_what_dbm_sends_is_told(tmp_path: Path) -> None:
    dbm = importlib.import_module("dbm.sqlite3")
    with capture("database.**") as heard, dbm.open(tmp_path / "db", "c") as opened:
        opened["a"] = b"1"
        assert opened["a"] == b"1"
    rows = [row for event in heard.of("database.body_chunk") for row in event.rows]
    assert (b"1",) in rows


def test_what_a_framework_sends_is_told_as_the_database_gets_it(tmp_path: Path) -> None:
    with capture("database.**") as heard:
        serves_a_framework(tmp_path)
    sent = [start.statement for start in heard.of("database.start")]
    assert "SELECT shout(a) FROM t WHERE a > ?" in sent


def test_a_program_is_watched_from_its_first_line(tmp_path: Path) -> None:
    """Also one that takes ``connect`` by name, however it is imported."""
    program = """
from tapscope import channels, integrations
integrations.install()
channels.subscribe("database.start", lambda event, _: print(event.statement))
from sqlite3 import connect
from sqlite3.dbapi2 import connect as same
connection = connect(":memory:")
print(connection.execute("SELECT 1").fetchall(), connect is same)
connection.close()
"""
    out = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (out.stdout, out.stderr) == ("SELECT 1\n[(1,)] True\n", "")
