from __future__ import annotations

import json
import socket
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from tapscope.agents import inspector
from tapscope.agents.launch import PortInUse
from tapscope.agents.link import LinkAddress
from tapscope.channels import TapscopeError
from tests.agents.hosts import ServedHost, serving

URL = "ws://127.0.0.1:9229/5ca1ab1e"


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    yield
    inspector.close()


@pytest.fixture
def served() -> Iterator[ServedHost]:
    with serving() as host:
        yield host
        inspector.close()


def test_the_address_is_known_while_there_is_a_host(served: ServedHost) -> None:
    assert inspector.url() is None
    inspector.join(served.address, URL)
    assert inspector.url() == URL
    inspector.close()
    assert inspector.url() is None


def test_closing_without_a_host_does_nothing() -> None:
    inspector.close()
    inspector.close()


def test_a_program_has_one_host_at_a_time(served: ServedHost) -> None:
    inspector.join(served.address, URL)
    with pytest.raises(inspector.AlreadyActivated):
        inspector.join(served.address)
    with pytest.raises(inspector.AlreadyActivated):
        inspector.open(port=0)
    assert inspector.url() == URL


def test_after_closing_another_can_be_opened(served: ServedHost) -> None:
    inspector.join(served.address)
    inspector.close()
    inspector.join(served.address, URL)
    assert inspector.url() == URL


def test_joining_nobody_says_where_and_leaves_no_host() -> None:
    with pytest.raises(TapscopeError, match="/nowhere"):
        inspector.join(LinkAddress("/nowhere/link", "secret"), URL)
    assert inspector.url() is None


def test_a_host_that_refuses_is_lost_and_said_so(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(token="another") as served:
        inspector.join(served.address, URL)
        told = ""
        while "the token is wrong" not in told:
            threading.Event().wait(0.001)
            told += capfd.readouterr().err
        assert inspector.url() is None


def test_waiting_without_a_host_is_an_error() -> None:
    with pytest.raises(inspector.NotActive):
        inspector.wait_for_debugger()


def test_waiting_ends_with_the_word_of_a_front_end(served: ServedHost) -> None:
    inspector.join(served.address)
    waiting = threading.Thread(target=inspector.wait_for_debugger)
    waiting.start()
    while not served.host.programs:
        threading.Event().wait(0.001)
    served.release()
    waiting.join()


def test_waiting_ends_with_the_host(served: ServedHost, capfd: pytest.CaptureFixture[str]) -> None:
    inspector.join(served.address)
    waiting = threading.Thread(target=inspector.wait_for_debugger)
    waiting.start()
    while not served.host.programs:
        threading.Event().wait(0.001)
    served.leave()
    waiting.join()
    while "uninspected" not in capfd.readouterr().err:
        threading.Event().wait(0.001)


def test_opening_starts_a_host_that_front_ends_find() -> None:
    with inspector.open(port=0):
        url = inspector.url()
        assert url is not None
        place = url.removeprefix("ws://").rpartition("/")[0]
        with urllib.request.urlopen(f"http://{place}/json/list", timeout=60) as response:
            [target] = json.load(response)
    assert target["webSocketDebuggerUrl"] == url
    assert inspector.url() is None


def test_opening_on_a_port_that_is_taken_is_an_error_and_leaves_no_host() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortInUse):
        inspector.open(port=taken.getsockname()[1])
    assert inspector.url() is None
