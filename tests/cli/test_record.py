"""``tapscope record``: the program runs as it does, and its traffic is in a file."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PROGRAMS, Run, Start, attach, eventually

RECORD = (sys.executable, "-m", "tapscope", "record")
FETCH = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"


# More than the link takes at once, while its host is stopped.
BURST = """
import os, signal, subprocess
from tapscope.channels.exchange import ClientExchange

os.kill(os.getppid(), signal.SIGSTOP)
for _ in range(3000):
    running = ClientExchange.start("GET", "http://shop/", [])
    running.responded(200, "OK", "http/1.1", [], None, None, None)
    running.received(bytes(300))
    running.finish()
subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -CONT {os.getppid()}"])
"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Set-Cookie", "sesame=open")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that says hello."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def entries(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "out.har").read_bytes())["log"]["entries"]
    return found


def test_what_the_program_did_is_in_the_file(command: Run, tmp_path: Path, url: str) -> None:
    """One line says so, and nothing else is said."""
    ended = command("record", "-oout.har", "-c", FETCH, url)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "tapscope: out.har has 1 exchange\n"
    (entry,) = entries(tmp_path)
    assert entry["request"]["url"] == url
    assert entry["response"]["content"]["text"] == "hello"
    assert "sesame" not in json.dumps(entry)


def test_a_burst_at_the_very_end_is_in_the_file_as_a_whole(command: Run, tmp_path: Path) -> None:
    """The program does not end before the recorder has taken it."""
    ended = command("record", "-oout.har", "-c", BURST)
    assert ended.err == "tapscope: out.har has 3,000 exchanges\n"
    assert all("text" in entry["response"]["content"] for entry in entries(tmp_path))


@pytest.mark.parametrize("words", [("-o", "out.har"), ("--output", "out.har"), ("-oout.har",)])
def test_the_name_may_be_a_word_of_its_own(
    command: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """And the program's own options stay the program's."""
    code = "import sys; print(sys.argv[1:])"
    ended = command("record", *words, "--max-body", "1MB", "-c", code, "-o", "its.har")
    assert ended.out == "['-o', 'its.har']\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.har"]


def test_long_bodies_are_cut(command: Run, tmp_path: Path, url: str) -> None:
    """At the size that was asked for."""
    command("record", "-oout.har", "--max-body", "2", "-c", FETCH, url)
    (entry,) = entries(tmp_path)
    assert entry["response"]["content"]["text"] == "he"


@pytest.mark.parametrize(
    ("limit", "kept", "said"),
    [
        (("--max-exchanges", "1"), "body", "2 exchanges were forgotten before they ended"),
        (("--max-total", "0"), None, "3 exchanges"),
        (("--max-total", "0", "--spill", "1MB"), "body", "3 exchanges"),
    ],
)
def test_what_is_going_on_is_remembered_within_the_limits_asked_for(
    command: Run, tmp_path: Path, limit: tuple[str, ...], kept: str | None, said: str
) -> None:
    """What has ended is in the file, and needs no room any more."""
    code = (
        "from tapscope.channels.exchange import ClientExchange\n"
        "running = [ClientExchange.start('GET', 'http://shop/', []) for _ in range(3)]\n"
        "for each in running:\n"
        "    each.responded(200, 'OK', 'http/1.1', [], None, None, None)\n"
        "    each.received(b'body')\n"
        "for each in running: each.finish()\n"
    )
    ended = command("record", "-oout.har", *limit, "-c", code)
    assert said in ended.err
    assert {entry["response"]["content"].get("text") for entry in entries(tmp_path)} == {kept}


def test_secrets_are_written_if_asked_for(command: Run, tmp_path: Path, url: str) -> None:
    """Cookies, for whoever wants to send the requests again."""
    command("record", "-oout.har", "--with-secrets", "-c", FETCH, url)
    (entry,) = entries(tmp_path)
    assert entry["response"]["cookies"][0]["value"] == "open"


def test_a_trace_is_written_if_the_name_says_so(command: Run, tmp_path: Path, url: str) -> None:
    """The protocol's messages, one a line."""
    command("record", "-oout.jsonl", "-c", FETCH, url)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert lines[0]["title"] == "python -c"
    assert "Network.loadingFinished" in [line.get("method") for line in lines]


def test_the_program_runs_as_python_runs_it(command: Run, python: Run, tmp_path: Path) -> None:
    """Its streams, its state and its exit code are the same; the pid is a child's."""
    words = str(PROGRAMS / "state.py"), "one", "-o", "two"
    recorded, plain = command("record", "-oout.har", *words), python(*words)
    assert recorded.code == plain.code
    assert recorded.out == plain.out
    assert (tmp_path / "out.har").exists()


@pytest.mark.parametrize("words", [("-c", "raise SystemExit(3)"), (str(PROGRAMS / "fails.py"),)])
def test_the_exit_code_is_the_program_s(command: Run, python: Run, words: tuple[str, ...]) -> None:
    """And so is its traceback."""
    recorded, plain = command("record", "-oout.har", *words), python(*words)
    assert recorded.code == plain.code != 0
    assert recorded.err == f"{plain.err}tapscope: out.har has 0 exchanges\n"


def test_the_death_by_a_signal_is_passed_on(start: Start) -> None:
    """The command dies by the signal that its program died by."""
    running = start(*RECORD, "-oout.har", "-c", "import os; os.kill(os.getpid(), 15)")
    assert running.end().code == -signal.SIGTERM


def test_interrupting_writes_what_there_is(start: Start, tmp_path: Path, url: str) -> None:
    """Ctrl-C reaches both; the program ends by it, and then the file is written."""
    code = f"{FETCH}; print('ready', flush=True); import time; time.sleep(60)"
    running = start(*RECORD, "-oout.har", "-c", code, url)
    assert running.read_line() == "ready\n"
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.end().code == -signal.SIGINT
    assert len(entries(tmp_path)) == 1


def test_a_program_may_live_on_when_interrupted(start: Start, tmp_path: Path) -> None:
    """Then so does its recording."""
    code = (
        "import time\n"
        "try:\n    print('ready', flush=True); time.sleep(60)\n"
        "except KeyboardInterrupt: print('going on', flush=True); input()\n"
    )
    running = start(*RECORD, "-oout.har", "-c", code)
    assert running.read_line() == "ready\n"
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.read_line() == "going on\n"
    running.write_line("enough")
    assert running.end().code == 0
    assert entries(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_reach_the_program(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    """What is sent to the command is meant for the program."""
    code = (
        "import signal, sys, time\n"
        "signal.signal(int(sys.argv[1]), lambda *_: sys.exit(4))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.02)\n"
    )
    running = start(*RECORD, "-oout.har", "-c", code, str(int(number)))
    assert running.read_line() == "ready\n"
    running.process.send_signal(number)
    assert running.end().code == 4
    assert (tmp_path / "out.har").exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("-onowhere/out.har",), "can't write nowhere/out.har: No such file or directory"),
        (("-oout.txt",), "-o out.txt: a name that ends in .har or .jsonl is needed"),
        (("-oout.har", "--port", "0"), "--port is for --live"),
        (("-oout.har", "--host", "0.0.0.0"), "--host is for --live"),
        ((), "the following arguments are required: -o/--output"),
    ],
)
def test_what_can_not_be_is_said_before_the_program_starts(
    command: Run, options: tuple[str, ...], reason: str
) -> None:
    """It does not run at all: its recording is what was asked for."""
    ended = command("record", *options, "-c", "print('running')")
    assert (ended.code, ended.out) == (2, "")
    assert reason in ended.err


def test_an_interpreter_that_can_not_be_recorded_is_told(python: Run) -> None:
    """Nothing is run then."""
    ended = python("-E", "-m", "tapscope", "record", "-oout.har", "-c", "print('running')")
    assert (ended.code, ended.out) == (2, "")
    assert "-E, -I and -S keep programs from being recorded" in ended.err


def test_a_program_that_is_not_there_costs_no_older_recording(
    command: Run, python: Run, tmp_path: Path
) -> None:
    """Python says what is wrong."""
    (tmp_path / "out.har").write_text("older")
    ended = command("record", "-oout.har", "nowhere.py")
    assert ended == python("nowhere.py")
    assert (tmp_path / "out.har").read_text() == "older"


def test_what_its_children_did_is_in_the_file_too(command: Run, tmp_path: Path, url: str) -> None:
    """Each process is a page."""
    code = (
        f"{FETCH}; import subprocess;"
        f" subprocess.run([sys.executable, '-c', {FETCH!r}, sys.argv[1]])"
    )
    command("record", "-oout.har", "-c", code, url)
    assert len({entry["pageref"] for entry in entries(tmp_path)}) == 2


def test_nobody_can_attach_unless_it_is_live(start: Start) -> None:
    """With --live the address is printed, and front ends come in."""
    running = start(*RECORD, "-oout.har", "--live", "--port", "0", "-c", "input()")
    with attach(*running.place()):
        running.write_line("enough")
        assert running.end().code == 0


def test_progress_is_shown_on_a_terminal_of_its_own(tmp_path: Path, url: str) -> None:
    """From two seconds on, and in the end it is gone."""
    terminal, end = pty.openpty()
    code = f"{FETCH}; input()"
    with subprocess.Popen(
        [*RECORD, "-oout.har", "-c", code, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=end,
        cwd=tmp_path,
    ) as process:
        os.close(end)
        shown = bytearray()

        def is_shown() -> bool:
            if select.select([terminal], [], [], 0)[0]:
                shown.extend(os.read(terminal, 4096))
            return b"tapscope: 1 exchange, " in shown

        assert eventually(is_shown), shown
        process.communicate(b"enough\n")
    with contextlib.suppress(OSError):  # Linux' way to say that nobody writes any more
        while said := os.read(terminal, 4096):
            shown += said
    os.close(terminal)
    assert shown.endswith(b"\x1b[2K\rtapscope: out.har has 1 exchange\r\n")
