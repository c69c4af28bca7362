"""A host process serves, ends when it should, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import attrs
import orjson
import pytest
from wsproto.frame_protocol import FrameProtocol

from tapscope.agents.host.config import HostConfig
from tapscope.agents.link import Encoder
from tapscope.agents.link.messages import MAGIC, Hello
from tests.agents.inspector.fakes import ID, upgrade
from tests.e2e.origin import closed_port

SOON = 60.0
PROGRAM = """
import sys
from tapscope.agents.host.config import HostConfig
from tapscope.agents.host.inspector import run
run(HostConfig.from_json(sys.stdin.buffer.read()))
"""


@attrs.frozen
class Started:
    """A host in a process of its own, with what is connected to it."""

    process: subprocess.Popen[bytes]
    config: HostConfig
    _stack: ExitStack

    def join(self, role: str = "program", token: str = "secret") -> socket.socket:
        """Link to the host, as a program or as a keeper."""
        link = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        link.settimeout(SOON)
        link.connect(str(Path(self.config.link_directory) / "link"))
        link.sendall(MAGIC + Encoder().encode(Hello(token, role, 1)))
        return link

    def attach(self) -> socket.socket:
        """Become a front end that has been answered."""
        front_end = socket.create_connection(("127.0.0.1", self.config.port), SOON)
        self._stack.enter_context(front_end)
        client = FrameProtocol(client=True, extensions=[])
        front_end.sendall(upgrade() + client.send_data('{"id":1,"method":"Runtime.enable"}'))
        received = b""
        while b'"id":1' not in received:
            received += front_end.recv(65536)
        return front_end

    def ask(self, target: str) -> bytes:
        """Get *target* from the inspector's port."""
        connection = HTTPConnection("127.0.0.1", self.config.port, timeout=SOON)
        try:
            connection.request("GET", target)
            return connection.getresponse().read()
        finally:
            connection.close()

    def is_there(self) -> bool:
        """Tell whether the host is still serving a moment from now."""
        time.sleep(0.2)
        return self.process.poll() is None and b"tapscope" in self.ask("/json/version")

    def ends(self) -> bool:
        """Wait for the end, and tell whether it was an orderly one."""
        code = self.process.wait(SOON)
        with socket.socket() as probe:
            refused = probe.connect_ex(("127.0.0.1", self.config.port)) != 0
        return code == 0 and refused and not Path(self.config.link_directory).exists()


Start = Callable[..., Started]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a host; what is left of it is killed after the test."""
    with ExitStack() as stack:

        def start_one(
            *, keep: bool = False, foreground: bool = False, patience: float = 15
        ) -> Started:
            # That nobody has the port after it is seen only if nobody else is given it.
            address = ("127.0.0.1", closed_port())
            inspector = stack.enter_context(socket.create_server(address))
            directory = tempfile.mkdtemp(prefix="tapscope-")
            link = stack.enter_context(socket.socket(socket.AF_UNIX))
            link.bind(str(Path(directory) / "link"))
            link.listen()
            config = HostConfig(
                inspector_fds=(inspector.fileno(),),
                link_fd=link.fileno(),
                link_directory=directory,
                inspector_id=ID,
                link_token="secret",
                port=inspector.getsockname()[1],
                keep=keep,
                foreground=foreground,
                title="a program",
                url="file:///srv/app.py",
                patience=patience,
            )
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM],
                stdin=subprocess.PIPE,
                pass_fds=(inspector.fileno(), link.fileno()),
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdin is not None
            process.stdin.write(config.to_json())
            process.stdin.close()
            inspector.close()
            link.close()
            return Started(process, config, stack)

        yield start_one


def read_to_the_end(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_it_lists_its_target(start: Start) -> None:
    host = start()
    [target] = orjson.loads(host.ask("/json/list"))
    assert target["webSocketDebuggerUrl"] == f"ws://127.0.0.1:{host.config.port}/{ID}"
    assert target["url"] == "file:///srv/app.py"
    assert target["devtoolsFrontendUrl"].startswith("devtools://devtools/bundled/worker_app.html")
    assert orjson.loads(host.ask("/json/protocol"))["domains"]


def test_it_ends_when_nobody_comes(start: Start) -> None:
    assert start(patience=0.1).ends()


def test_it_ends_with_its_program(start: Start) -> None:
    host = start()
    program = host.join()
    assert host.is_there()
    program.close()
    assert host.ends()


def test_it_stays_while_a_front_end_looks(start: Start) -> None:
    host = start()
    program, front_end = host.join(), host.attach()
    program.close()
    assert host.is_there()
    front_end.close()
    assert host.ends()


CLOSE = f"/json/close/{ID}"


def test_one_that_front_ends_alone_look_at_can_be_asked_to_end(start: Start) -> None:
    """By whoever runs the same command again; they are told that it ends."""
    host = start()
    program, front_end = host.join(), host.attach()
    assert b"the host stays" in host.ask(CLOSE)
    program.close()
    assert host.is_there()
    assert host.ask(CLOSE) == b"Target is closing"
    told = b""
    while b"the tapscope host has ended" not in told:
        told += front_end.recv(65536)
    front_end.close()
    assert host.ends()


@pytest.mark.parametrize("target", ["/json/close", "/json/close/", f"{CLOSE}x", CLOSE.upper()])
def test_who_does_not_know_its_id_can_not_end_it(start: Start, target: str) -> None:
    host = start()
    program, _ = host.join(), host.attach()
    program.close()
    assert b"there is no" in host.ask(target)
    assert host.is_there()


def test_one_that_is_kept_can_not_be_asked_to_end(start: Start) -> None:
    host = start(keep=True)
    program, _ = host.join(), host.join("keeper")
    program.close()
    assert b"the host stays" in host.ask(CLOSE)
    assert host.is_there()


def test_a_keeper_keeps_it(start: Start) -> None:
    host = start(keep=True)
    program, keeper = host.join(), host.join("keeper")
    program.close()
    assert host.is_there()
    keeper.close()
    assert host.ends()


def test_a_keeper_is_let_go_when_the_last_front_end_leaves(start: Start) -> None:
    host = start(keep=True)
    program, keeper, front_end = host.join(), host.join("keeper"), host.attach()
    program.close()
    assert host.is_there()
    front_end.close()
    read_to_the_end(keeper)
    assert host.ends()


def test_who_does_not_know_the_secret_is_no_program(start: Start) -> None:
    host = start(patience=5)
    assert b"token" in read_to_the_end(host.join(token="guess"))
    assert host.ends()


def test_a_signal_ends_it_in_order(start: Start) -> None:
    host = start()
    host.join()
    front_end = host.attach()
    host.process.send_signal(signal.SIGTERM)
    farewell = read_to_the_end(front_end)
    assert b"\x03\xe9the tapscope host has ended" in farewell[-100:]
    assert host.ends()


def test_ctrl_c_is_not_meant_for_it(start: Start) -> None:
    host = start()
    host.join()
    assert host.is_there()
    host.process.send_signal(signal.SIGINT)
    assert host.is_there()


def test_ctrl_c_is_meant_for_one_in_the_foreground(start: Start) -> None:
    host = start(foreground=True, patience=0)
    host.join().close()
    assert host.is_there()
    host.process.send_signal(signal.SIGINT)
    assert host.ends()
