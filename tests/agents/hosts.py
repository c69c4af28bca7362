"""A host in a thread of the test, which programs reach through a real Unix socket."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import attrs

from tapscope.agents.host.host import Host, HostOptions
from tapscope.agents.link import LinkAddress, LinkError
from tests.agents.host.programs import FrontEnd


@attrs.define(eq=False)
class ServedHost:
    """Whoever links to *address* is recorded; ``leave()`` is what a host does that dies."""

    address: LinkAddress
    host: Host
    listener: socket.socket
    lock: threading.RLock = attrs.field(factory=threading.RLock)
    connections: list[socket.socket] = attrs.field(factory=list[socket.socket])
    threads: list[threading.Thread] = attrs.field(factory=list[threading.Thread])

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            reader = threading.Thread(target=self._read, args=[connection])
            reader.start()
            self.threads.append(reader)

    def _read(self, connection: socket.socket) -> None:
        peer = self.host.link(connection.sendall)
        with connection:
            try:
                while data := connection.recv(65536):
                    with self.lock:
                        peer.receive(data)
            except (LinkError, OSError):
                pass
        with self.lock:
            peer.close()

    def leave(self) -> None:
        """Close the links of all programs."""
        for connection in self.connections:
            with connection:
                connection.shutdown(socket.SHUT_RDWR)

    def urls(self) -> list[str]:
        """Give the URLs of all recorded exchanges, when the program that links has left again."""
        while not self.threads:
            threading.Event().wait(0.001)
        for thread in self.threads:
            thread.join()
        front_end = FrontEnd(self.host)
        front_end.ask("Network.enable")
        return [told["request"]["url"] for told in front_end.told("requestWillBeSent")]

    def release(self) -> None:
        """Let the programs go on, as a front end does."""
        with self.lock:
            FrontEnd(self.host).ask("Runtime.runIfWaitingForDebugger")


@contextmanager
def serving(token: str = "secret") -> Generator[ServedHost]:
    """Serve a host for programs that know *token*."""
    # pytest's own directories are too long for the name of a Unix socket on macOS.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        address = LinkAddress(str(Path(folder) / "link"), "secret")
        listener.bind(address.path)
        listener.listen()
        served = ServedHost(address, Host(HostOptions(id="5ca1ab1e", token=token)), listener)
        server = threading.Thread(target=served.serve)
        server.start()
        yield served
        listener.shutdown(socket.SHUT_RDWR)
        server.join()
        for thread in served.threads:
            thread.join()
