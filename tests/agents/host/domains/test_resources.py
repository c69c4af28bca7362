"""Sources that a front end loads through its target, and the streams that it reads them from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tapscope.agents.host.domains.io import MAX_STREAMS
from tapscope.agents.link.messages import Frame
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host, watching

TEXT = "def café():\n    return 'grün €'\n" * 3
OPTIONS = {"disableCache": False, "includeCredentials": False}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text(TEXT)
    (tmp_path / "secret.py").write_text("SECRET = 1")
    return path


@pytest.fixture
def front_end(shop: Path) -> FrontEnd:
    """One that has seen a request with the file in its stack."""
    host = make_host()
    program = FakeProgram(host)
    program.define_stack(1, Frame("café", str(shop), 2, 0), Frame("g", "<stdin>", 1, 0))
    program.start(1, stack=1)
    return watching(host)


def load(front_end: FrontEnd, url: str) -> dict[str, Any]:
    answer = front_end.ask("Network.loadNetworkResource", url=url, options=OPTIONS)
    resource: dict[str, Any] = answer["resource"]
    return resource


@pytest.mark.parametrize("size", [None, 1, 2, 3, 7, 10_000])
def test_a_file_that_occurred_in_a_stack_is_read_piece_by_piece(
    front_end: FrontEnd, shop: Path, size: int | None
) -> None:
    resource = load(front_end, shop.as_uri())
    assert resource["success"]
    pieces: list[str] = []
    while True:
        read = front_end.ask("IO.read", handle=resource["stream"], size=size)
        pieces.append(read["data"])
        if read["eof"]:
            break
    assert "".join(pieces) == TEXT
    assert pieces[-1] == "", "DevTools drops the data of what says that it is the end"
    assert (len(pieces) > 2) is (size is not None and size < len(TEXT))


@pytest.mark.parametrize("name", ["secret.py", "../shop.py", "missing.py"])
def test_no_other_file_is_ever_read(front_end: FrontEnd, shop: Path, name: str) -> None:
    resource = load(front_end, f"{shop.parent.as_uri()}/{name}")
    assert resource == {
        "success": False,
        "netError": -6.0,
        "netErrorName": "net::ERR_FILE_NOT_FOUND",
    }


@pytest.mark.parametrize("url", ["", "http://shop/map", "file:///etc/passwd", "python://1/<stdin>"])
def test_what_is_no_file_is_not_loaded_from_anywhere(front_end: FrontEnd, url: str) -> None:
    resource = load(front_end, url)
    assert resource["success"] is (url == "python://1/<stdin>")
    if resource["success"]:
        data = front_end.ask("IO.read", handle=resource["stream"])["data"]
        assert "can't be shown" in data


def test_a_piece_can_begin_anywhere(front_end: FrontEnd, shop: Path) -> None:
    handle = load(front_end, shop.as_uri())["stream"]
    assert front_end.ask("IO.read", handle=handle, offset=4, size=3)["data"] == "caf"
    assert front_end.ask("IO.read", handle=handle, size=1)["data"] == "é"
    # Within the é: from the next character on.
    assert front_end.ask("IO.read", handle=handle, offset=8, size=2)["data"] == "()"
    end = front_end.ask("IO.read", handle=handle, offset=10**9)
    assert end == {"base64Encoded": False, "data": "", "eof": True}


@pytest.mark.parametrize("wrong", [{"offset": -1}, {"size": 0}, {"size": -5}, {"size": "1"}])
def test_what_makes_no_sense_is_refused(
    front_end: FrontEnd, shop: Path, wrong: dict[str, Any]
) -> None:
    handle = load(front_end, shop.as_uri())["stream"]
    assert front_end.refusal("IO.read", handle=handle, **wrong)["code"] == -32602


def test_a_stream_that_is_closed_is_at_its_end(front_end: FrontEnd, shop: Path) -> None:
    handle = load(front_end, shop.as_uri())["stream"]
    for _ in range(2):
        front_end.ask("IO.close", handle=handle)
    for each in (handle, "bogus"):
        assert front_end.ask("IO.read", handle=each) == {"data": "", "eof": True}


def test_streams_are_bounded_and_of_one_front_end_alone(front_end: FrontEnd, shop: Path) -> None:
    handles = [load(front_end, shop.as_uri())["stream"] for _ in range(MAX_STREAMS)]
    refused = front_end.refusal("Network.loadNetworkResource", url=shop.as_uri(), options=OPTIONS)
    assert "close one with IO.close" in refused["message"]
    other = watching(front_end.host)
    assert other.ask("IO.read", handle=handles[0])["data"] == ""
    front_end.ask("IO.close", handle=handles[0])
    assert load(front_end, shop.as_uri())["success"]
    front_end.session.close()
