from __future__ import annotations

import gzip
import json
import signal
import struct
import sys
import urllib.error
import urllib.request
import zlib
from http.client import HTTPResponse
from typing import cast

import pytest

from tapscope.cli.demo import server
from tapscope.cli.demo.picture import png
from tests.cli.conftest import Ended, Run, Start


@pytest.fixture(scope="module")
def address() -> str:
    return server.start()


def fetch(url: str) -> HTTPResponse | urllib.error.HTTPError:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return cast("HTTPResponse", opener.open(url))
    except urllib.error.HTTPError as error:
        return error


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/", 200, "text/html; charset=utf-8"),
        ("/people.json?sort=name", 200, "application/json"),
        ("/moved", 200, "application/json"),
        ("/missing", 404, "application/json"),
        ("/picture.png", 200, "image/png"),
        ("/packed.json", 200, "application/json"),
        ("/large.txt", 200, "text/plain"),
    ],
)
def test_the_server_has_an_answer_of_each_kind(
    address: str, path: str, status: int, kind: str
) -> None:
    """Each says what it is, and how long."""
    with fetch(address + path) as response:
        body = response.read()
        assert (response.status, response.headers["Content-Type"]) == (status, kind)
        assert int(response.headers["Content-Length"]) == len(body)


def test_the_large_answer_is_large(address: str) -> None:
    """More than a megabyte."""
    with fetch(f"{address}/large.txt") as response:
        assert len(response.read()) > 1_000_000


def test_the_packed_answer_is_packed(address: str) -> None:
    """It is JSON under gzip."""
    with fetch(f"{address}/packed.json") as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert json.loads(gzip.decompress(response.read()))


def test_the_stream_arrives_in_pieces(address: str) -> None:
    """Its length is not known before its end."""
    with fetch(f"{address}/stream") as response:
        assert response.headers["Transfer-Encoding"] == "chunked"
        assert response.readline() == b"piece 1 of 8\n"
        assert response.read().count(b"piece") == 7


def test_the_picture_is_a_png() -> None:
    """Its one block of data has all rows of all pixels."""
    data = png(16)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (16, 16)
    [length] = struct.unpack(">I", data[33:37])
    assert len(zlib.decompress(data[41 : 41 + length])) == 16 * (1 + 16 * 3)


def test_every_client_makes_every_exchange(python: Run, address: str) -> None:
    """What fails is no reason to stop, nor to say anything."""
    code = f"""if True:
        from tapscope.cli.demo.clients import clients
        from tapscope.cli.demo.exchanges import Exchange

        for client in clients():
            client.make(Exchange("{address}/moved"))
            client.make(Exchange("{address}/missing"))
            client.make(Exchange("{address}/people", form=(("name", "Emmy"),)))
            client.make(Exchange("http://127.0.0.1:1/"))
        print("done")
    """
    assert python("-c", code) == Ended(0, "done\n", "")


def test_the_demonstration_runs_for_as_many_rounds_as_asked(command: Run) -> None:
    """Then it ends as any program, having said where to look."""
    ended = command("demo", "--port", "0", "--rounds", "1", "--pause", "0")
    assert (ended.code, ended.err) == (0, "")
    assert "devtools://" in ended.announced
    assert "Ctrl-C" in ended.out


def test_interrupting_is_the_regular_end_of_the_demonstration(start: Start) -> None:
    """The exit code is 0, and nothing is said about it."""
    running = start(sys.executable, "-m", "tapscope", "demo", "--port", "0")
    assert "Ctrl-C" in running.read_line()
    running.process.send_signal(signal.SIGINT)
    ended = running.end()
    assert (ended.code, ended.err) == (0, "")
