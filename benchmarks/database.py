"""What watching sqlite3 costs a statement: idle, heard, and by another tool.

A connection made by the class itself is never watched, so bare and watched are
measured in turns, within one process, as :mod:`bus` does it; figures are medians.
Prints Markdown; the exit code is 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import attrs

from bus import ROUNDS, Statement, nanoseconds
from tapscope.channels import subscribe
from tapscope.integrations import sqlite3 as integration

ROWS = 100

USES = {
    "`connection.execute` and `fetchall`": "connection.execute('SELECT 1').fetchall()",
    "`cursor.execute` and `fetchall`": "cursor.execute('SELECT 1').fetchall()",
    "a new cursor for it": "connection.cursor().execute('SELECT 1').fetchall()",
    f"a loop over {ROWS} rows": "for row in cursor.execute('SELECT a FROM t'): pass",
    "an `INSERT`": "cursor.execute('INSERT INTO u VALUES (1)')",
}

IDLE_LIMITS = {
    "a new cursor for it": 1.35  # one call more, as our cursors are made by it
}
IDLE_LIMIT = 1.1
"""How much longer a statement may take while nobody listens."""


def connect(way: Any) -> sqlite3.Connection:
    """Open a database for the statements, by the function or the class *way*."""
    connection: sqlite3.Connection = way(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (a)")
    connection.execute("CREATE TABLE u (a)")
    connection.executemany("INSERT INTO t VALUES (?)", ((number,) for number in range(ROWS)))
    return connection


@attrs.frozen
class Cost:
    """How long one use takes, without us and with us."""

    use: str
    bare: float
    watched: float

    @property
    def ratio(self) -> float:
        return self.watched / self.bare

    def cell(self) -> str:
        return f"{self.watched:.0f} ({self.ratio:.2f})"


def measure(connection: sqlite3.Connection, rounds: int) -> list[Cost]:
    """Time every use with *connection*, and in turns with one that nobody watches."""
    bare = connect(sqlite3.Connection)
    costs: list[Cost] = []
    for use, code in USES.items():
        times = nanoseconds({"bare": _on(bare, code), "watched": _on(connection, code)}, rounds)
        costs.append(Cost(use, times["bare"], times["watched"]))
    bare.close()
    return costs


def _on(connection: sqlite3.Connection, code: str) -> Statement:
    objects: Mapping[str, object] = {"connection": connection, "cursor": connection.cursor()}
    return Statement(code, objects)


def columns(rounds: int) -> Iterator[tuple[str, list[Cost]]]:
    """Give for each way of watching what it is called, and what it costs."""
    undo = integration.install()
    connection = connect(sqlite3.connect)
    yield "idle", measure(connection, rounds)
    with subscribe("database.**", lambda _, __: None):
        yield "one subscriber", measure(connection, rounds)
    connection.close()
    undo()
    with suppress(ImportError), _opentelemetry():
        yield "OpenTelemetry", measure(connect(sqlite3.connect), rounds)


@contextmanager
def _opentelemetry() -> Generator[None]:
    from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
    from opentelemetry.sdk.trace import TracerProvider

    instrumentor = SQLite3Instrumentor()
    instrumentor.instrument(tracer_provider=TracerProvider())
    try:
        yield
    finally:
        instrumentor.uninstrument()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="slices of each statement")
    found = dict(columns(parser.parse_args().rounds))
    print(f"# sqlite3, on Python {platform.python_version()}\n")
    print("Nanoseconds, and in brackets how many times as long as bare.\n")
    print(f"| use | bare | {' | '.join(found)} |\n|---|{'--:|' * (len(found) + 1)}")
    for place, idle in enumerate(found["idle"]):
        cells = " | ".join(costs[place].cell() for costs in found.values())
        print(f"| {idle.use} | {idle.bare:.0f} | {cells} |")
    missed = [idle for idle in found["idle"] if idle.ratio > IDLE_LIMITS.get(idle.use, IDLE_LIMIT)]
    for idle in missed:
        print(f"\nidle, {idle.use} takes {idle.ratio:.2f} times as long: **too long**")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
