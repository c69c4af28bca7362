from __future__ import annotations

import os
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapscope.agents.link import LinkAddress, LinkClosed, LocalCarrier, SocketCarrier
from tapscope.channels import TapscopeError


@pytest.fixture
def listening() -> Iterator[tuple[socket.socket, LinkAddress]]:
    """A host's socket, and where it is."""
    # pytest's own directories are too long for the name of a Unix socket on macOS.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = str(Path(folder) / "link")
        listener.bind(path)
        listener.listen()
        yield listener, LinkAddress(path, "secret")


@pytest.fixture
def joined(
    listening: tuple[socket.socket, LinkAddress],
) -> Iterator[tuple[SocketCarrier, socket.socket]]:
    """A carrier, and the host's end of it."""
    listener, address = listening
    carrier = SocketCarrier(address)
    host, _ = listener.accept()
    with host:
        yield carrier, host
    carrier.close()


def test_bytes_go_both_ways(joined: tuple[SocketCarrier, socket.socket]) -> None:
    carrier, host = joined
    assert carrier.write(memoryview(b"up")) == 2
    assert host.recv(10) == b"up"
    host.sendall(b"down")
    assert carrier.read() == b"down"


def test_reading_nothing_does_not_block(joined: tuple[SocketCarrier, socket.socket]) -> None:
    assert joined[0].read() == b""


def test_a_full_link_takes_nothing_and_does_not_block(
    joined: tuple[SocketCarrier, socket.socket],
) -> None:
    carrier, host = joined
    data = memoryview(bytes(1_000_000))
    while carrier.write(data):
        pass
    assert carrier.write(data) == 0
    assert host.recv(1) == b"\0"


def test_waiting_for_room_ends_when_the_host_reads(
    joined: tuple[SocketCarrier, socket.socket],
) -> None:
    carrier, host = joined
    data = memoryview(bytes(100_000))
    while carrier.write(data):
        pass
    reader = threading.Thread(target=host.recv, args=[10_000_000])
    reader.start()
    while not carrier.write(data):
        carrier.wait(5, writing=True)
    reader.join()


def test_a_host_that_leaves_is_noticed(joined: tuple[SocketCarrier, socket.socket]) -> None:
    carrier, host = joined
    host.close()
    with pytest.raises(LinkClosed):
        carrier.read()
    with pytest.raises(LinkClosed):
        carrier.write(memoryview(b"x"))


def test_what_the_host_said_last_is_still_read(
    joined: tuple[SocketCarrier, socket.socket],
) -> None:
    carrier, host = joined
    host.sendall(b"why")
    host.close()
    assert carrier.read() == b"why"
    with pytest.raises(LinkClosed):
        carrier.read()


def test_a_wait_that_is_not_for_room_ends_when_it_is_told_to(
    joined: tuple[SocketCarrier, socket.socket],
) -> None:
    carrier, _ = joined
    carrier.wake()
    carrier.wake()
    carrier.wait(60, writing=False)
    waiting = threading.Thread(target=carrier.wait, args=[60], kwargs={"writing": False})
    waiting.start()
    carrier.wake()
    waiting.join()


def test_the_programs_files_keep_their_numbers(
    listening: tuple[socket.socket, LinkAddress],
) -> None:
    with Path(os.devnull).open() as before:
        number = before.fileno()
    carrier = SocketCarrier(listening[1])
    with Path(os.devnull).open() as after:
        assert after.fileno() == number
    carrier.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_link_that_the_program_closed_is_closed_and_its_number_left_alone(
    joined: tuple[SocketCarrier, socket.socket], *, replaced: bool
) -> None:
    carrier, host = joined
    [number] = _sockets_connected_to(host.getsockname())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        os.close(number)
        if replaced:
            os.dup2(theirs.fileno(), number)
        ours.sendall(b"the program's own")
        carrier.wait(60, writing=True)
        with pytest.raises(LinkClosed):
            carrier.write(memoryview(b"x"))
        with pytest.raises(LinkClosed):
            carrier.read()
        carrier.close()
        assert theirs.recv(100) == b"the program's own"
        if replaced:
            os.close(number)


def _sockets_connected_to(path: str) -> list[int]:
    """The numbers of this process's sockets whose peer is at *path*."""
    return [number for number in range(1024) if _peer_of(number) == path]


def _peer_of(number: int) -> object:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return None
        with socket.socket(fileno=os.dup(number)) as opened:
            return opened.getpeername()
    except OSError:
        return None


def test_a_closed_carrier_says_so_and_does_not_wait(
    joined: tuple[SocketCarrier, socket.socket],
) -> None:
    carrier, _ = joined
    carrier.close()
    carrier.close()
    carrier.wait(60, writing=True)
    with pytest.raises(LinkClosed):
        carrier.read()
    with pytest.raises(LinkClosed):
        carrier.write(memoryview(b"x"))


def test_nobody_at_the_address_is_an_os_error() -> None:
    with pytest.raises(OSError, match="No such file"):
        SocketCarrier(LinkAddress("/nowhere/at/all", "secret"))


def test_a_local_carrier_carries_both_ways() -> None:
    carrier = LocalCarrier(lambda: None)
    assert carrier.write(memoryview(b"up")) == 2
    assert carrier.write(memoryview(b"wards")) == 5
    carrier.deliver(b"down")
    carrier.wait(60, writing=False)
    assert [carrier.take(), carrier.take()] == [b"upwards", b""]
    assert [carrier.read(), carrier.read()] == [b"down", b""]


def test_a_local_carrier_that_nobody_empties_takes_nothing_more() -> None:
    carrier = LocalCarrier(lambda: None)
    data = memoryview(bytes(100_000))
    written = 0
    while count := carrier.write(data):
        written += count
    assert len(carrier.take()) == written
    assert carrier.write(data) == len(data)


def test_whoever_waits_for_a_local_carrier_has_it_emptied_first() -> None:
    taken: list[bytes] = []
    carrier = LocalCarrier(lambda: taken.append(carrier.take()))
    carrier.write(memoryview(b"up"))
    carrier.wait(60, writing=True)
    assert taken == [b"up"]


def test_a_closed_local_carrier_takes_nothing() -> None:
    carrier = LocalCarrier(lambda: None)
    carrier.close()
    with pytest.raises(LinkClosed):
        carrier.write(memoryview(b"x"))


@pytest.mark.parametrize(
    "address", [LinkAddress("/run/a b/link", "5ca1ab1e"), LinkAddress("/odd@name:x", "t")]
)
def test_an_address_survives_being_text(address: LinkAddress) -> None:
    assert LinkAddress.parse(str(address)) == address


@pytest.mark.parametrize("text", ["", "unix:", "unix:@/p", "unix:t@", "unix:t", "tcp:t@/p", "t@/p"])
def test_another_text_is_no_address(text: str) -> None:
    with pytest.raises(TapscopeError, match="unix:TOKEN@PATH"):
        LinkAddress.parse(text)


def test_an_address_does_not_show_its_secret() -> None:
    assert "5ca1ab1e" not in repr(LinkAddress("/p", "5ca1ab1e"))
