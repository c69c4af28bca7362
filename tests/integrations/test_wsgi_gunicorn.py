"""gunicorn, with workers of every kind, forked from a program that was hooked before."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SITE = """
import json, os, sys
from tapscope import channels

def on_event(event, channel):
    parent = getattr(event, "parent", None)
    url = getattr(event, "url", None)
    line = [channel, event.id, parent, url, getattr(event, "name", None)]
    os.write(1, json.dumps(line).encode() + b"\\n")

channels.subscribe("http.server.**", on_event)
channels.subscribe("tests.job.start", on_event)
jobs = channels.lifecycle("tests.job")

def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield body
    while environ["PATH_INFO"] == "/endless":
        yield b"again " * 10_000
    with jobs.exchange("streaming"):
        yield b" and more"
"""

MAIN = """
import sys
from tapscope import integrations
integrations.install()
from gunicorn.app.wsgiapp import run
sys.argv[0] = "gunicorn"
run()
"""


@contextmanager
def _gunicorn(folder: Path, worker: str) -> Generator[tuple[int, list[list[Any]]]]:
    """Run it, and give its port and, at the end, what its workers told."""
    (folder / "site_of_gunicorn.py").write_text(SITE)
    told: list[list[Any]] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        options = ["-k", worker, "-b", f"fd://{listening.fileno()}", "--log-level", "error"]
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, *options, "site_of_gunicorn:application"],
            cwd=folder,
            # It keeps a socket there.
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
            stdout=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            text=True,
        )
        try:
            yield listening.getsockname()[1], told
        finally:
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=60)
    told.extend(json.loads(line) for line in out.splitlines())


@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent", "gevent_pywsgi"])
def test_a_worker_tells_what_it_answers(worker: str, tmp_path: Path) -> None:
    with _gunicorn(tmp_path, worker) as (port, told):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/a%2Fb?c", b"some")
        assert connection.getresponse().read() == b"some and more"
        connection.close()
    assert [(channel, name) for channel, _, _, _, name in told] == [
        ("http.server.start", None),
        ("http.server.body_chunk", None),
        ("http.server.headers", None),
        ("http.server.body_chunk", None),
        ("tests.job.start", "streaming"),
        ("http.server.body_chunk", None),
        ("http.server.finish", None),
    ]
    (_, request, parent, url, _), (_, _, cause, _, _) = told[0], told[4]
    assert (parent, url) == (None, f"http://127.0.0.1:{port}/a%2Fb?c")
    assert cause == request


@pytest.mark.parametrize("worker", ["sync", "gthread", "gevent", "gevent_pywsgi"])
def test_a_client_that_leaves_fails_the_exchange(worker: str, tmp_path: Path) -> None:
    here = _gunicorn(tmp_path, worker)
    with here as (port, told), socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
        assert client.recv(100)
    assert told[-1][0] == "http.server.error"
