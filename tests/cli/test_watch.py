"""``tapscope watch`` prints a domain's events as the program of a running host makes them."""

from __future__ import annotations

import json
import signal
import socket
import sys

import pytest

from tests.cli.conftest import RUN, Run, Running, Start

WATCH = (sys.executable, "-m", "tapscope", "watch")
PROGRAM = """
import sqlite3
import time
connection = sqlite3.connect(":memory:")
while True:
    connection.execute("select 'again'").fetchall()
    time.sleep(0.05)
"""


@pytest.fixture
def port(start: Start) -> str:
    """The port of the host of a program that executes a statement again and again."""
    running: Running = start(*RUN, "--port", "0", "-c", PROGRAM)
    return str(running.place()[1])


def test_json_is_one_event_a_line(start: Start, port: str) -> None:
    watching = start(*WATCH, "Database", "--port", port, "--json")
    events = [json.loads(watching.read_line()) for _ in range(4)]
    assert all(event.keys() == {"method", "params"} for event in events)
    methods = {event["method"] for event in events}
    assert {"Database.statementStarted", "Database.statementFinished"} <= methods


def test_people_get_the_name_and_the_parameters(start: Start, port: str) -> None:
    watching = start(*WATCH, "Database", "--port", port)
    lines = [watching.read_line() for _ in range(4)]
    assert any("Database.statementFinished" in line and "fetched=1" in line for line in lines)


PROGRAM_WITH_AN_END = """
import select
import sqlite3
import sys
connection = sqlite3.connect(":memory:")
while not select.select([sys.stdin], [], [], 0.05)[0]:
    connection.execute("select 'again'").fetchall()
for number in range(500):
    connection.execute("select ?", [number]).fetchall()
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [((), "tapscope: the host has ended, as it does with its last program\n"), (("--json",), "")],
)
def test_it_ends_with_the_program_and_has_printed_everything(
    start: Start, options: tuple[str, ...], said: str
) -> None:
    """As ``tail --pid`` does; no other front end is there to keep the host."""
    running = start(*RUN, "--port", "0", "-c", PROGRAM_WITH_AN_END)
    port = str(running.place()[1])
    watching = start(*WATCH, "Database", "--port", port, *options)
    watching.read_line()
    running.write_line("go on")
    assert running.end().code == 0
    ended = watching.end()
    assert (ended.code, ended.err) == (0, said)
    assert ended.out.count("select ?") == 500


def test_ctrl_c_ends_it_without_a_traceback(start: Start, port: str) -> None:
    watching = start(*WATCH, "Database", "--port", port, "--json")
    watching.read_line()
    watching.process.send_signal(signal.SIGINT)
    ended = watching.end()
    assert (ended.code, ended.err) == (130, "")


def test_a_closed_output_ends_it_quietly(start: Start, port: str) -> None:
    watching = start(*WATCH, "Database", "--port", port, "--json")
    watching.read_line()
    assert watching.process.stdout
    assert watching.process.stderr
    watching.process.stdout.close()
    assert watching.process.stderr.read() == ""
    assert watching.process.wait() == 0


def test_an_unknown_domain_is_answered_with_those_there_are(command: Run, port: str) -> None:
    ended = command("watch", "Databse", "--port", port)
    assert ended.code == 1
    assert "no domain Databse" in ended.err
    assert "Database" in ended.err
    assert ended.out == ""


def test_it_says_that_nobody_listens(command: Run) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        ended = command("watch", "Database", "--port", str(unheard.getsockname()[1]))
    assert ended.code == 1
    assert "nobody listens" in ended.err
    assert ended.err.count("\n") == 1
