"""What the child processes of servers, pools and test runners do is shown with the program's."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import closing
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import PATIENCE, PROGRAMS, RUN, Running, Start, eventually
from tests.e2e.client import Client

ASGI = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"VERSION"})
"""
WSGI = """
import flask

app = flask.Flask(__name__)
app.add_url_rule("/<name>", view_func=lambda name: "VERSION", endpoint="it")
"""
TESTS = """
import os
import urllib.request

import pytest

@pytest.mark.parametrize("number", range(4))
def test_fetches(number):
    with urllib.request.urlopen(f"{os.environ['ORIGIN']}/{number}") as response:
        response.read()
"""
EXECUTES = """
import os
import sys
import urllib.request

number, origin = sys.argv[1:]
with urllib.request.urlopen(f"{origin}/{number}") as response:
    response.read()
if number != "2":
    os.execv(sys.executable, [sys.executable, __file__, str(int(number) + 1), origin])
"""


@pytest.fixture
def origin() -> Iterator[str]:
    """The address of a server that answers everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def front_end(running: Running) -> Generator[Client]:
    """A front end that hears of everything from the program's beginning."""
    with closing(Client("ws://{}:{}/{}".format(*running.place()))) as client:
        for command in ("Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"):
            client.call(command)
        yield client


def until_shown(client: Client, *urls: str) -> None:
    """Receive until a request to each of *urls* has been told."""
    missing = set(urls)
    while missing:
        message = client.receive()
        client.notifications.append(message)
        if message["method"] == "Network.requestWillBeSent":
            missing.discard(message["params"]["request"]["url"])


def processes(client: Client) -> set[int]:
    """The numbers of the processes that were told."""
    told = [each for each in client.notifications if each["method"].endswith("ContextCreated")]
    return {each["params"]["context"]["id"] for each in told}


def answers(url: str, wanted: bytes) -> bool:
    # A reloader may end the process in the middle of a response.
    gone = contextlib.suppress(OSError, HTTPException)
    with gone, urllib.request.urlopen(url, timeout=5) as response:
        body: bytes = response.read()
        return body == wanted
    return False


def reloads(url: str, wanted: bytes, served: Path, source: str) -> bool:
    """Whether the server answers as *wanted* once it is served of *source*."""
    # What has changed before its reloader first looked is nothing new to that.
    for patience in (5, 10, 20, 40):
        served.write_text(source)
        if eventually(lambda: answers(url, wanted), patience):
            return True
    return False


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("-m hypercorn served:app --bind 127.0.0.1:0", id="hypercorn"),
        pytest.param("-m uvicorn served:app --workers 2 --port 0", id="uvicorn workers"),
        pytest.param("-m uvicorn served:app --reload --port 0", id="uvicorn"),
        pytest.param("-m flask --app served run --debug --port 0", id="flask"),
    ],
)
def test_a_server_that_works_in_child_processes_is_shown(
    start: Start, tmp_path: Path, words: str
) -> None:
    """Each request comes up, also those to the process that a reloader has started later."""
    served = tmp_path / "served.py"
    source = WSGI if "flask" in words else ASGI
    served.write_text(source.replace("VERSION", "first"))
    running = start(*RUN, "--port", "0", *words.split())
    with front_end(running) as client:
        said = re.search(r"http://127\.0\.0\.1:\d+", running.read_error_until("unning on http"))
        assert said
        url = said[0]
        assert eventually(lambda: answers(f"{url}/first", b"first"))
        until_shown(client, f"{url}/first")
        if "--reload" in words or "--debug" in words:
            second = source.replace("VERSION", "second")
            assert reloads(f"{url}/second", b"second", served, second)
            until_shown(client, f"{url}/second")
        os.killpg(running.process.pid, signal.SIGINT)
        assert running.process.wait(PATIENCE) in (0, 1, -signal.SIGINT)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_the_workers_of_a_pool_are_shown(start: Start, origin: str, method: str) -> None:
    """They, and not what multiprocessing cleans up with."""
    fetches = str(PROGRAMS / "fetches.py")
    running = start(*RUN, "--port", "0", "--wait", fetches, method, origin)
    with front_end(running) as client:
        until_shown(client, *(f"{origin}/{each}" for each in range(4)))
        assert running.read_line() == "[200, 200, 200, 200]\n"
        # The program, both workers or one that was quick enough, and what forks them.
        assert len(processes(client)) <= (3 if method == "spawn" else 4)
        assert running.end().err == ""


def test_the_workers_of_a_test_run_are_shown(start: Start, origin: str, tmp_path: Path) -> None:
    """pytest-xdist starts them with code to read from standard input."""
    pytest.importorskip("xdist")
    (tmp_path / "test_it.py").write_text(TESTS)
    words = ["-m", "pytest", "-q", "-n", "2", "test_it.py"]
    environment = {**os.environ, "ORIGIN": origin}
    running = start(*RUN, "--port", "0", "--wait", *words, env=environment)
    with front_end(running) as client:
        until_shown(client, *(f"{origin}/{each}" for each in range(4)))
        assert running.end().code == 0


def test_a_program_that_becomes_another_loses_nothing(
    start: Start, origin: str, tmp_path: Path
) -> None:
    """What it did last is delivered before ``os.execv``, and what comes next joins again."""
    (tmp_path / "executes.py").write_text(EXECUTES)
    running = start(*RUN, "--port", "0", "--wait", "executes.py", "0", origin)
    with front_end(running) as client:
        until_shown(client, *(f"{origin}/{each}" for each in range(3)))
        assert running.end().code == 0
        client.call("Runtime.enable")
    told = [str(each) for each in client.notifications]
    assert not [each for each in told if "crashed" in each]
