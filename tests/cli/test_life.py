"""How long a program and its host live, and what they leave behind."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAMS, RUN, Running, Start, attach, eventually
from tests.e2e.client import Client

ECHOES = str(PROGRAMS / "echoes.py")

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up")


@pytest.fixture
def watched(start: Start) -> Running:
    """A program under inspection, which has begun."""
    running = start(*RUN, "--port", "0", ECHOES)
    running.read_line()
    return running


def refused(place: tuple[str, int, str]) -> bool:
    try:
        socket.create_connection(place[:2], 5).close()
    except OSError:
        return True
    return False


@needs_proc
def test_the_host_ends_with_the_program(watched: Running) -> None:
    """Without a front end nobody is left who could want it."""
    place = watched.place()
    assert eventually(watched.host)
    watched.end()
    assert eventually(lambda: refused(place))
    assert eventually(lambda: watched.host() is None)


def test_nothing_is_left_of_the_link(watched: Running, temporary_folder: Path) -> None:
    """The private directory goes with the host."""
    assert [each.name.startswith("tapscope-") for each in temporary_folder.iterdir()] == [True]
    watched.end()
    assert eventually(lambda: not list(temporary_folder.iterdir()))


@needs_proc
def test_a_program_that_ends_waits_for_no_front_end(watched: Running) -> None:
    """It ends, and so do its streams; the host stays as long as the front end."""
    place = watched.place()
    with attach(*place):
        assert watched.end().code == 0
        assert not refused(place)
    assert eventually(lambda: refused(place))


@needs_proc
def test_a_program_outlives_its_host(watched: Running) -> None:
    """One line on stderr, and the program goes on."""
    watched.place()
    assert eventually(watched.host)
    pid = watched.host()
    assert pid
    os.kill(pid, signal.SIGKILL)
    watched.read_error_until("tapscope: ")
    watched.write_line("still here")
    assert watched.read_line() == "still here\n"
    ended = watched.end()
    assert ended.code == 0
    assert len(ended.err.splitlines()) == 1


def test_a_program_that_waits_starts_when_it_is_told(start: Start) -> None:
    """With ``--wait`` the first line runs after ``Runtime.runIfWaitingForDebugger``."""
    running = start(*RUN, "--port", "0", "--wait", "-c", "print('began')")
    with attach(*running.place()) as front_end:
        front_end.sendall(_frame(b'{"id":1,"method":"Runtime.runIfWaitingForDebugger"}'))
        assert running.read_line() == "began\n"
        assert running.end().err == ""


def test_a_program_that_waits_names_the_page_that_starts_it(start: Start) -> None:
    """DevTools' worker_app.html never says that the program may run; js_app.html does."""
    running = start(*RUN, "--port", "0", "--wait", "-c", "print('began')")
    running.read_error_until("devtools://devtools/bundled/js_app.html?ws=")


def test_a_program_that_waits_can_be_interrupted(start: Start) -> None:
    """Ctrl-C before the start is a quiet death by SIGINT, not an error of the interpreter."""
    running = start(*RUN, "--port", "0", "--wait", "-c", "print('began')")
    with closing(Client("ws://{}:{}/{}".format(*running.place()))) as front_end:
        front_end.call("Runtime.enable")
        # Before it has joined, Ctrl-C would meet an interpreter that starts.
        joined = front_end.notifications
        while "Runtime.executionContextCreated" not in [each["method"] for each in joined]:
            joined.append(front_end.receive())
        running.process.send_signal(signal.SIGINT)
        ended = running.end()
    assert (ended.code, ended.out) == (-signal.SIGINT, "")


@pytest.mark.parametrize(
    ("closing", "missing"),
    [
        ("<&-", [True, False, False]),
        (">&-", [False, True, False]),
        ("2>&-", [False, False, True]),
        ("<&- >&- 2>&-", [True, True, True]),
    ],
)
def test_a_program_may_lack_standard_streams(
    start: Start, tmp_path: Path, closing: str, missing: list[bool]
) -> None:
    """No socket of ours takes the number of a closed stream."""
    (tmp_path / "script.py").write_text(
        "import sys, pathlib\n"
        "streams = [sys.stdin, sys.stdout, sys.stderr]\n"
        "pathlib.Path('seen').write_text(str([each is None for each in streams]))\n"
    )
    shell = start("/bin/sh", "-c", f'exec "$@" {closing}', "sh", *RUN, "--port", "0", "script.py")
    assert shell.end().code == 0
    assert (tmp_path / "seen").read_text() == str(missing)


def _frame(payload: bytes) -> bytes:
    """A masked WebSocket text frame, with a mask that changes nothing."""
    return bytes([0x81, 0x80 | len(payload)]) + bytes(4) + payload


def test_the_host_writes_its_troubles_to_a_file(start: Start, tmp_path: Path) -> None:
    """``TAPSCOPE_LOG`` names the file, since a host has no terminal."""
    log = tmp_path / "host.log"
    running = start(*RUN, "--port", "0", ECHOES, env={**os.environ, "TAPSCOPE_LOG": str(log)})
    _, port, _ = running.place()
    assert eventually(lambda: log.exists() and f"port {port}" in log.read_text())
