"""A program that ends tells all it has to tell, unless nobody takes it; and then how much."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tapscope.agents.link import Decoder, LinkAddress
from tapscope.agents.link.messages import Dropped, ExchangeFinished, Goodbye, Message
from tapscope.agents.tap import Tap, connection
from tapscope.channels.exchange import ClientExchange
from tests.agents.tap.carriers import FakeCarrier, hello

COUNT = 100
BURST = """
import sys
from tapscope.agents import network
from tapscope.agents.inspector import join
from tapscope.agents.link import LinkAddress
from tapscope.agents.tap import connection
from tapscope.channels.exchange import ClientExchange

connection.FAREWELL = 0.2
network.attach()
join(LinkAddress.parse(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    running = ClientExchange.start("GET", "http://shop/", [])
    running.responded(200, "OK", "http/1.1", [], None, None, None)
    running.received(bytes(1000))
    running.finish()
"""


IMPATIENT = """
import atexit, threading
from tapscope.agents.link import SocketCarrier

def press_ctrl_c():
    def wait(carrier, seconds, *, writing):
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
    SocketCarrier.wait = wait

connection.FAREWELL = 1000
atexit.register(press_ctrl_c)
"""


class InterruptedCarrier(FakeCarrier):
    """One at whose end the user does not want to wait, nor for what is done then."""

    def make_room(self) -> None:
        raise KeyboardInterrupt


def exchange() -> None:
    ClientExchange.start("GET", "http://shop/", []).finish()


@pytest.fixture(autouse=True)
def hurrying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a tenth of a second pass each time that somebody looks at the clock."""
    monkeypatch.setattr(connection, "monotonic", itertools.count(0, 0.1).__next__)
    monkeypatch.setattr(connection, "LONGEST_FAREWELL", 1_000_000)


def farewell(carrier: FakeCarrier) -> list[Message]:
    """What the host has got of a program that has published much and then ends."""
    tap = Tap(lambda: carrier, hello, lambda _: None, print)
    tap.start()
    tap.attach()
    for _ in range(COUNT):
        exchange()
    tap.close()
    assert carrier.closed
    return carrier.messages


def test_it_lasts_as_long_as_the_host_takes_something() -> None:
    messages = farewell(FakeCarrier(capacity=0, grows=50))
    assert sum(isinstance(message, ExchangeFinished) for message in messages) == COUNT
    assert messages[-1] == Goodbye()


def test_a_host_that_takes_nothing_more_is_left() -> None:
    carrier = FakeCarrier(capacity=10)
    farewell(carrier)
    assert len(carrier.taken) == 10


def test_it_has_an_end_even_if_the_program_tells_more_and_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "LONGEST_FAREWELL", 0)
    messages = farewell(FakeCarrier(capacity=0, grows=50))
    assert Goodbye() not in messages


def test_a_host_that_goes_on_later_hears_how_much_it_has_missed() -> None:
    messages = farewell(FakeCarrier(capacity=10, last_words=1_000_000))
    [goodbye] = [message for message in messages if isinstance(message, Goodbye)]
    assert messages[-2:] == [Dropped(0, 0), goodbye]
    finished = sum(isinstance(message, ExchangeFinished) for message in messages)
    assert 0 < goodbye.untold <= 2 * COUNT
    assert goodbye.untold >= COUNT - finished


def test_somebody_who_presses_ctrl_c_twice_leaves_a_link_that_can_be_used() -> None:
    carrier = InterruptedCarrier(capacity=10)
    tap = Tap(lambda: carrier, hello, lambda _: None, print)
    tap.start()
    with pytest.raises(KeyboardInterrupt):
        tap.part()
    carrier.capacity = 1_000_000
    tap.deliver()
    assert carrier.messages[-1] == Goodbye()
    tap.close()


@pytest.mark.parametrize("program", [BURST, BURST + IMPATIENT])
def test_a_host_that_was_stopped_finds_the_goodbye_in_the_link(
    tmp_path: Path, program: str
) -> None:
    """Whether the program has waited for it in vain, or the user did not want to."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path := str(tmp_path / "link"))
        listener.listen(1)
        address = str(LinkAddress(path, "secret"))
        # Nobody reads until the program has ended.
        command = [sys.executable, "-c", program, address, "3000"]
        ended = subprocess.run(command, check=False, timeout=240, capture_output=True, text=True)
        assert (ended.returncode, ended.stderr) == (0, "")
        link, _ = listener.accept()
        with link:
            said = b"".join(iter(lambda: link.recv(65536), b""))
    [*messages, goodbye] = Decoder(magic=True).feed(said)
    assert isinstance(goodbye, Goodbye)
    told = sum(isinstance(message, ExchangeFinished) for message in messages)
    assert 0 < told < 3000
    assert goodbye.untold >= 3000 - told
