"""A forked child links anew at its first exchange, and never hangs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from tapscope.agents.link import Decoder, LinkAddress, connect
from tapscope.agents.link.messages import Goodbye, Hello, Message, RequestStarted, SourceTold

PREAMBLE = """
import json, os, sys, threading
from tapscope.agents import network
from tapscope.agents.inspector import join
from tapscope.agents.link import LinkAddress
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.http import client

def exchange(url):
    if client.start.has_subscribers:
        running = ClientExchange.start("GET", url, [])
        running.responded(200, "OK", "http/1.1", [], None, None, None)
        running.received(b"body")
        running.finish()

def in_child(work):
    pid = os.fork()
    if pid == 0:
        work()
        sys.exit()
    assert os.waitpid(pid, 0)[1] == 0

network.attach()
join(LinkAddress.parse(sys.argv[1]))
"""


@attrs.define(eq=False)
class FakeHost:
    """Takes every program that links, and keeps what each has said."""

    address: LinkAddress
    server: threading.Thread = attrs.field(init=False)
    said: list[bytearray] = attrs.field(factory=list[bytearray])
    threads: list[threading.Thread] = attrs.field(factory=list[threading.Thread])
    ending: bool = False

    def serve(self, listener: socket.socket) -> None:
        """Take programs until the end, and then those that have knocked already."""
        while True:
            listener.setblocking(not self.ending)
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            said = bytearray()
            reader = threading.Thread(target=self._read, args=[connection, said])
            reader.start()
            self.said.append(said)
            self.threads.append(reader)

    def _read(self, connection: socket.socket, said: bytearray) -> None:
        connection.setblocking(True)
        with connection:
            while data := connection.recv(65536):
                said += data

    def programs(self) -> list[list[Message]]:
        """What each program said, in the order of linking; nobody is taken after this."""
        if not self.ending:
            self.ending = True
            connect(self.address).close()
            self.server.join()
        for thread in self.threads:
            thread.join()
        return [list(Decoder(magic=True).feed(bytes(said))) for said in self.said if said]


@contextmanager
def listening() -> Generator[FakeHost]:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = str(Path(folder) / "link")
        listener.bind(path)
        listener.listen(100)
        host = FakeHost(LinkAddress(path, "secret"))
        host.server = threading.Thread(target=host.serve, args=[listener])
        host.server.start()
        yield host
        if Path(path).exists():
            host.programs()
        else:
            listener.shutdown(socket.SHUT_RDWR)
            host.server.join()


@pytest.fixture
def host() -> Iterator[FakeHost]:
    with listening() as fake:
        yield fake


def run(host: FakeHost, program: str) -> subprocess.CompletedProcess[str]:
    """Run *program* linked to *host*, to its end."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PREAMBLE + program, str(host.address)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def urls(messages: list[Message]) -> list[str]:
    return [message.url for message in messages if isinstance(message, RequestStarted)]


def pids(host: FakeHost) -> list[int]:
    return [message.pid for program in host.programs() for message in program[:1]
            if isinstance(message, Hello)]  # fmt: skip


def test_a_program_that_ends_delivers_everything_and_says_goodbye(host: FakeHost) -> None:
    done = run(host, "for n in range(500): exchange(f'http://shop/{n}')")
    assert (done.returncode, done.stderr) == (0, "")
    [messages] = host.programs()
    assert urls(messages) == [f"http://shop/{number}" for number in range(500)]
    assert messages[-1] == Goodbye()


def test_a_program_that_ends_with_an_error_says_goodbye_too(host: FakeHost) -> None:
    done = run(host, "exchange('http://shop/'); raise SystemExit(3)")
    assert done.returncode == 3
    [messages] = host.programs()
    assert messages[-1] == Goodbye()


def test_a_child_is_a_program_of_its_own_from_its_first_exchange_on(host: FakeHost) -> None:
    done = run(
        host,
        """
exchange("http://parent/1")
in_child(lambda: (exchange("http://child/1"), exchange("http://child/2")))
exchange("http://parent/2")
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    parent, child = host.programs()
    assert urls(parent) == ["http://parent/1", "http://parent/2"]
    assert urls(child) == ["http://child/1", "http://child/2"]
    assert parent[-1] == child[-1] == Goodbye()
    assert len(set(pids(host))) == 2


def test_a_child_without_exchanges_never_links(host: FakeHost) -> None:
    done = run(host, "in_child(lambda: None); in_child(lambda: os._exit(0))")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(host.programs()) == 1


def test_a_grandchild_links_too_whether_or_not_its_parent_did(host: FakeHost) -> None:
    done = run(
        host,
        """
in_child(lambda: in_child(lambda: exchange("http://grandchild/1")))
in_child(lambda: (exchange("http://child/2"), in_child(lambda: exchange("http://grandchild/2"))))
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = sorted(url for program in host.programs() for url in urls(program))
    assert told == ["http://child/2", "http://grandchild/1", "http://grandchild/2"]


def test_an_exchange_that_was_running_at_the_fork_is_the_parents(host: FakeHost) -> None:
    done = run(
        host,
        """
running = ClientExchange.start("GET", "http://shop/", [])
in_child(lambda: (running.received(b"child's"), running.finish(), exchange("http://child/")))
running.finish()
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    parent, child = host.programs()
    assert urls(parent) == ["http://shop/"]
    kinds = [type(message).__name__ for message in child if not isinstance(message, SourceTold)]
    assert kinds[:3] == ["Hello", "StackDefined", "RequestStarted"]
    assert urls(child) == ["http://child/"]


def test_threads_of_a_child_that_begin_at_once_open_one_link(host: FakeHost) -> None:
    done = run(
        host,
        """
def begin():
    barrier = threading.Barrier(8)
    def work():
        barrier.wait()
        exchange("http://child/")
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
in_child(begin)
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    _, child = host.programs()
    assert urls(child) == ["http://child/"] * 8


def test_forking_while_threads_publish_never_hangs(host: FakeHost) -> None:
    done = run(
        host,
        """
busy = True
def publish():
    while busy:
        exchange("http://parent/")
        threading.Event().wait(0.0005)
threads = [threading.Thread(target=publish) for _ in range(3)]
for thread in threads: thread.start()
for _ in range(15):
    in_child(lambda: exchange("http://child/"))
busy = False
for thread in threads: thread.join()
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    _, *children = host.programs()
    assert [urls(child) for child in children] == [["http://child/"]] * 15


def test_a_child_whose_host_is_gone_goes_on_and_listens_no_more() -> None:
    with listening() as host:
        address = host.address
        with subprocess.Popen(
            [sys.executable, "-c", PREAMBLE + """
sys.stdin.read()
def work():
    exchange("http://child/")
    json.dump(client.start.has_subscribers, sys.stdout)
    sys.stdout.flush()
in_child(work)
""", str(address)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as program:  # fmt: skip
            while not host.said:
                threading.Event().wait(0.001)
            Path(address.path).unlink()
            output, _ = program.communicate(timeout=240)
    assert program.returncode == 0
    assert json.loads(output) is False


def test_a_worker_of_multiprocessing_says_goodbye(host: FakeHost) -> None:
    done = run(
        host,
        """
import multiprocessing
context = multiprocessing.get_context("fork")
worker = context.Process(target=exchange, args=["http://worker/"])
worker.start()
worker.join()
sys.exit(worker.exitcode)
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    _, worker = host.programs()
    assert urls(worker) == ["http://worker/"]
    assert worker[-1] == Goodbye()


def test_a_subprocess_with_a_preexec_function_does_not_disturb_the_link(host: FakeHost) -> None:
    done = run(
        host,
        """
import subprocess
exchange("http://parent/1")
subprocess.run(["true"], preexec_fn=lambda: None, check=True)
exchange("http://parent/2")
""",
    )
    assert (done.returncode, done.stderr) == (0, "")
    [messages] = host.programs()
    assert urls(messages) == ["http://parent/1", "http://parent/2"]


def test_a_program_that_leaves_by_force_is_not_held_up(host: FakeHost) -> None:
    done = run(host, "exchange('http://shop/'); os._exit(5)")
    assert done.returncode == 5
    assert all(Goodbye() not in messages for messages in host.programs())


def test_a_program_that_is_no_longer_heard_says_so_in_one_line(host: FakeHost) -> None:
    done = run(
        host,
        """
from tapscope.agents.program import program
program.tap._carrier.close()
while client.start.has_subscribers:
    threading.Event().wait(0.001)
""",
    )
    assert done.returncode == 0
    [line] = done.stderr.splitlines()
    assert line.startswith("tapscope: ")
    assert line.endswith("; the program goes on uninspected")
