from __future__ import annotations

import asyncio
import logging
import traceback
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from tapscope import integrations
from tapscope.channels._identity import current_exchange
from tapscope.channels.lifecycle_states import checked
from tapscope.channels.testing import capture

OURS = str(Path(integrations.__file__).parents[1])


async def shop(database: str) -> list[object]:
    """Use a database as programs do; gives what they see."""
    seen: list[object] = []
    async with aiosqlite.connect(database) as connection:
        await connection.execute("CREATE TABLE t (a)")
        await connection.executemany("INSERT INTO t VALUES (?)", ((n,) for n in range(3)))
        await connection.commit()
        async with connection.execute("SELECT a FROM t ORDER BY a") as cursor:
            seen += [row async for row in cursor]
        async with connection.cursor() as cursor:
            await cursor.execute("SELECT a FROM t WHERE a = ?", (1,))
            seen += [await cursor.fetchone(), cursor.description]
        seen.append(await connection.execute_fetchall("SELECT count(*) FROM t"))
    return seen


def test_statements_and_rows_are_told(tmp_path: Path) -> None:
    with checked() as checker, capture("database.**") as heard:
        asyncio.run(shop(str(tmp_path / "db")))
        assert not checker.open
    assert [start.statement for start in heard.of("database.start")] == [
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES (?)",
        "SELECT a FROM t ORDER BY a",
        "SELECT a FROM t WHERE a = ?",
        "SELECT count(*) FROM t",
    ]
    rows = [[*event.rows] for event in heard.of("database.body_chunk")]
    assert rows == [[(0,), (1,), (2,)], [(1,)], [(3,)]]
    assert [event.state for event in heard.of("database.connection.body_chunk")] == [
        "begin",
        "commit",
    ]


def test_a_program_sees_what_it_sees_without_us(tmp_path: Path) -> None:
    integrations.uninstall()
    bare = asyncio.run(shop(str(tmp_path / "bare")))
    integrations.install()
    with capture("database.**"):
        assert asyncio.run(shop(str(tmp_path / "watched"))) == bare


def test_a_statement_has_the_parent_and_the_stack_of_who_awaits_it() -> None:
    """Though it runs in a thread that serves everybody, and is asked for by several at once."""

    async def customer(connection: aiosqlite.Connection, number: int) -> None:
        current_exchange.set(number)
        for _ in range(5):
            await connection.execute("SELECT ?", (number,))

    async def main() -> None:
        current_exchange.set(1000)
        async with aiosqlite.connect(":memory:") as connection:
            await asyncio.gather(*[customer(connection, number) for number in range(20)])

    with capture("database.**") as heard:
        asyncio.run(main())
    starts = heard.of("database.start")
    assert len(starts) == 100
    assert all(start.parent == start.parameters[0] for start in starts)
    assert all("customer" in names(start.stack) for start in starts)
    opened = heard.one("database.connection.start")
    assert opened.parent == 1000
    assert "main" in names(opened.stack)


def names(stack: Any) -> list[str]:
    return [code.co_name for code in stack if not isinstance(code, int)]


def test_an_error_has_no_frame_of_ours() -> None:
    with capture("database.**") as heard, pytest.raises(aiosqlite.OperationalError) as caught:
        asyncio.run(send_nonsense())
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert not [frame for frame in frames if frame.filename.startswith(OURS)]
    assert heard.one("database.error").error is caught.value


async def send_nonsense() -> None:
    async with aiosqlite.connect(":memory:") as connection:
        await connection.execute("nonsense")


def test_what_aiosqlite_logs_names_nothing_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="aiosqlite")
    with capture("database.**"):
        asyncio.run(send_one())
    logged = [record.getMessage() for record in caplog.records]
    assert any("Connection.execute" in message for message in logged)
    assert not [message for message in logged if "tapscope" in message or "_Carried" in message]


async def send_one() -> None:
    async with aiosqlite.connect(":memory:") as connection:
        await connection.execute("SELECT 1")


def test_everything_is_put_back() -> None:
    owner: Any = aiosqlite.Connection
    for name in "_connect", "_execute":
        assert hasattr(getattr(owner, name), "__wrapped__")
    integrations.uninstall()
    for name in "_connect", "_execute":
        assert not hasattr(getattr(owner, name), "__wrapped__")
