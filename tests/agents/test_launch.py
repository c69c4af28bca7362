from __future__ import annotations

import os
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapscope.agents.launch import (
    DEFAULT_PORT,
    Launched,
    LaunchError,
    LaunchOptions,
    PortInUse,
    Prepared,
    front_door,
    launch,
    predecessor,
    prepare,
)
from tapscope.agents.link import Encoder, connect
from tapscope.agents.link.messages import MAGIC, Goodbye, Hello
from tests.agents.inspector.fakes import upgrade

PATIENCE = 60.0


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go, with a path short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="t") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def prepared(folder: Path) -> Iterator[Prepared]:  # noqa: ARG001  # where it is made
    """A host's sockets on any free port, with no host."""
    made = prepare(LaunchOptions(port=0))
    yield made
    made.discard()


def test_what_is_prepared_can_be_connected_to(prepared: Prepared) -> None:
    """Nobody has to wait for the host to run before connecting."""
    launched = prepared.launched
    socket.create_connection((launched.host, launched.port)).close()
    connect(launched.link).close()


def test_the_host_is_told_what_was_prepared(prepared: Prepared) -> None:
    """The configuration and the addresses speak of the same sockets."""
    config, launched = prepared.config, prepared.launched
    assert (config.inspector_id, config.host, config.port) == (
        launched.id,
        launched.host,
        launched.port,
    )
    assert (config.link_token, config.link_directory) == (
        launched.link.token,
        str(Path(launched.link.path).parent),
    )


def test_only_this_user_can_enter_the_links_directory(prepared: Prepared) -> None:
    """The directory guards the socket, whatever the umask."""
    mode = Path(prepared.config.link_directory).stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_nothing_is_inherited_by_accident(prepared: Prepared) -> None:
    """A program that is started meanwhile gets none of the sockets."""
    descriptors = [*prepared.config.inspector_fds, prepared.config.link_fd]
    assert not any(map(os.get_inheritable, descriptors))


def test_ids_and_tokens_of_hosts_side_by_side_are_never_the_same(folder: Path) -> None:
    """Nobody can guess them from those of another host."""
    both = [prepare(LaunchOptions(port=0)) for _ in range(2)]
    words = {word for each in both for word in (each.launched.id, each.launched.link.token)}
    for each in both:
        each.discard()
    assert len(words) == 4
    assert not list(folder.iterdir())


def test_a_port_that_was_asked_for_is_taken_or_refused(folder: Path) -> None:
    """Somebody's number is not replaced by another one, and nothing is left of the attempt."""
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} is in use"):
            launch(LaunchOptions(port=port))
    assert not list(folder.iterdir())


@pytest.mark.usefixtures("folder")
def test_without_a_number_the_next_free_port_is_taken() -> None:
    """Two hosts that nobody gave a port live side by side."""
    both = [prepare(LaunchOptions()) for _ in range(2)]
    ports = [each.launched.port for each in both]
    for each in both:
        each.discard()
    assert DEFAULT_PORT <= ports[0] < ports[1]


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port_is_refused(port: int) -> None:
    """The caller is at fault."""
    with pytest.raises(ValueError, match="port"):
        LaunchOptions(port=port)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "x" * 300, "a..b", ""])
def test_an_address_that_is_not_ours_is_named(folder: Path, host: str) -> None:
    """And nothing is left of the attempt."""
    with pytest.raises(LaunchError, match="can't listen on"):
        launch(LaunchOptions(host=host, port=0))
    assert not list(folder.iterdir())


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("host", "place", "loopback"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("0.0.0.0", "127.0.0.1", False),
        ("::1", "[::1]", True),
        ("::", "[::1]", False),
    ],
)
def test_the_addresses_are_such_as_this_machine_can_open(
    host: str, place: str, *, loopback: bool
) -> None:
    """A name becomes a number, and "everywhere" becomes "here"."""
    try:
        prepared = prepare(LaunchOptions(host=host, port=0))
    except LaunchError as error:
        pytest.skip(str(error))
    prepared.discard()
    launched = prepared.launched
    end = f"{place}:{launched.port}/{launched.id}"
    assert launched.websocket_url == f"ws://{end}"
    assert f"?ws={end}&" in launched.devtools_url
    assert launched.loopback is loopback


def test_a_long_temporary_path_is_avoided(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Unix socket's path is limited to about a hundred bytes."""
    long = folder / ("é" * 60)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    prepared = prepare(LaunchOptions(port=0))
    path = Path(prepared.launched.link.path)
    prepared.discard()
    assert path.is_relative_to(folder)
    assert not path.is_relative_to(long)
    assert not list(long.iterdir())


@pytest.mark.usefixtures("folder")
def test_a_long_title_is_cut() -> None:
    """The configuration has to fit into a pipe that nobody reads yet."""
    prepared = prepare(LaunchOptions(port=0, title="x" * 100_000))
    prepared.discard()
    assert len(prepared.config.to_json()) < 4096


def test_one_who_runs_a_command_again_takes_the_place_of_the_run_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that front ends find the new one where they found the old one."""
    # Nobody is in a hurry here, however slow the machine is.
    monkeypatch.setattr(predecessor, "PATIENCE", PATIENCE)
    monkeypatch.setattr(front_door, "_LEAVING", PATIENCE)
    first = launch(LaunchOptions(port=0))
    again = LaunchOptions(port=first.port)
    with linked(first) as program, looking(first) as front_end:
        with pytest.raises(PortInUse):
            launch(again)
        program.sendall(Encoder().encode(Goodbye()))
        program.close()
        with pytest.raises(PortInUse):
            launch(LaunchOptions(port=first.port, title="another"))
        second = launch(again)
        assert (second.id, second.websocket_url) == (first.id, first.websocket_url)
        assert second.link != first.link
        while front_end.recv(4096):
            pass
    linked(second).close()
    wait_until_empty(folder)


def test_a_host_runs_until_its_program_has_gone(folder: Path) -> None:
    """It answers, is no child of ours, and cleans up after itself."""
    launched = launch(LaunchOptions(port=0))
    with linked(launched) as program:
        with socket.create_connection((launched.host, launched.port), PATIENCE) as front_end:
            front_end.sendall(b"GET /json/version HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert front_end.recv(4096).startswith(b"HTTP/1.1 200")
        program.sendall(Encoder().encode(Goodbye()))
    wait_until_empty(folder)


def linked(launched: Launched) -> socket.socket:
    """Join the host as a program does."""
    program = connect(launched.link)
    hello = Hello(launched.link.token, "program", os.getpid())
    program.sendall(MAGIC + Encoder().encode(hello))
    return program


def looking(launched: Launched) -> socket.socket:
    """Attach to the host as a front end does."""
    front_end = socket.create_connection((launched.host, launched.port), PATIENCE)
    front_end.sendall(upgrade(f"/{launched.id}"))
    assert front_end.recv(4096).startswith(b"HTTP/1.1 101")
    return front_end


def wait_until_empty(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while list(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
