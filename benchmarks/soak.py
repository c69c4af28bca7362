"""What a million exchanges do to the memory of a program and of its host.

Both are real processes with a real link between them.  The million is made in
parts: as fast as the host takes it; faster than that, so that the program has to
drop; and with a front end that reads nothing of it.  Prints Markdown; the exit
code is 1 if either process takes more memory than is promised.
"""

from __future__ import annotations

import argparse
import re
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import attrs

from front_end import FrontEnd
from processes import Process

MEGABYTE = 1_000_000
PROGRAM_GROWS = 16 * MEGABYTE
"""What a program may take more than it took when it was watched for the first time."""
HOST_GROWS = 150 * MEGABYTE
"""The host's budget: 100 MB of bodies, 50 MB of everything else."""
UNREAD = 64 * 1024 * 1024
"""What the host lets wait for a front end before it gives that up."""
WARM_UP = 2000
STEPS = 10

_HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_ENABLE = b'{"id":1,"method":"Network.enable"}'


@attrs.frozen
class Part:
    """One part of the soak.

    Attributes:
        paced: The program waits now and then until the link has taken what it published.
        bodies: The exchanges have bodies; without them, long addresses.
        unread: A front end is attached that never reads.
    """

    name: str
    paced: bool
    bodies: bool = True
    unread: bool = False


PARTS = (
    Part("as fast as the host takes it", paced=True),
    Part("as fast as the program can", paced=False),
    Part("the same, long addresses", paced=False, bodies=False),
    Part("a front end that does not read", paced=True, unread=True),
)


@attrs.define
class Memory:
    """The resident sizes of a process, in bytes."""

    pid: int
    first: int = 0
    peak: int = 0

    def look(self) -> int:
        """Give the size now."""
        told = subprocess.check_output(["ps", "-o", "rss=", "-p", str(self.pid)], text=True)
        now = int(told) * 1024
        self.first = self.first or now
        self.peak = max(self.peak, now)
        return now

    @property
    def grown(self) -> int:
        """How much more it was at its peak than at first."""
        return self.peak - self.first


@attrs.frozen
class Soak:
    """The processes of one run."""

    program: Process
    url: str
    memory_of_program: Memory
    memory_of_host: Memory

    def run(self, part: Part, exchanges: int) -> None:
        """Have the program make so many exchanges; print a line now and then."""
        with unread(self.url) if part.unread else ExitStack():
            for _ in range(STEPS):
                step = exchanges // STEPS
                told = self.program.ask(exchanges=step, paced=part.paced, bodies=part.bodies)
                sizes = (self.memory_of_program.look(), self.memory_of_host.look())
                megabytes = " | ".join(f"{size / MEGABYTE:.0f}" for size in sizes)
                print(f"| {part.name} | {step:,} | {step / told['seconds']:,.0f} | {megabytes} |")
                sys.stdout.flush()


@contextmanager
def host() -> Generator[tuple[int, str, str]]:
    """Run a host; give its process id, the address for front ends and that for programs."""
    command = [sys.executable, "-m", "tapscope", "host", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = ""
        while "A program joins with" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        url, link = re.search(r"ws://\S+", said), re.search(r"=(\S+) tapscope run", said)
        assert url
        assert link
        try:
            yield process.pid, url[0], link[1]
        finally:
            process.terminate()


@contextmanager
def unread(url: str) -> Generator[None]:
    """Attach a front end that asks for everything and reads none of it."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(_HANDSHAKE.format(path=address.path, host=address.netloc).encode())
        # One masked frame, whose mask changes nothing.
        connection.sendall(bytes([0x81, 0x80 | len(_ENABLE), 0, 0, 0, 0]) + _ENABLE)
        yield


def soak(exchanges: int) -> bool:
    """Run it; whether both processes kept their promise."""
    with ExitStack() as stack:
        pid, url, link = stack.enter_context(host())
        server = stack.enter_context(Process("loopback.py"))
        program = stack.enter_context(Process("soak_program.py", link, str(server.greeting)))
        program.ask(exchanges=WARM_UP, paced=True, bodies=True)
        run = Soak(program, url, Memory(program.pid), Memory(pid))
        run.memory_of_program.look()
        run.memory_of_host.look()
        print("| part | exchanges | a second | program, MB | host, MB |")
        print("|---|--:|--:|--:|--:|")
        for part in PARTS:
            run.run(part, exchanges // len(PARTS))
        told = notices(url)
    print(f"\nWhat the host told of it:\n\n{told or '- nothing'}\n")
    return verdict(run)


def notices(url: str) -> str:
    """Give the last of each kind of what the Console was told."""
    front_end = FrontEnd(url)
    front_end.call("Runtime.enable")
    time.sleep(1)
    by_kind = {line.partition(";")[0]: line for line in front_end.warnings}
    return "\n".join(f"- {line}" for line in by_kind.values())


def verdict(run: Soak) -> bool:
    """Print what was promised and what came of it; whether that is the same."""
    print("| promise | MB | at most | kept |\n|---|--:|--:|---|")
    promises = (
        ("the program grows by", run.memory_of_program.grown, PROGRAM_GROWS),
        ("the host grows by", run.memory_of_host.grown, HOST_GROWS + UNREAD),
    )
    for promise, grown, limit in promises:
        kept = "yes" if grown <= limit else "**no**"
        print(f"| {promise} | {grown / MEGABYTE:.1f} | {limit / MEGABYTE:.0f} | {kept} |")
    return all(grown <= limit for _, grown, limit in promises)


def main() -> int:
    """Run the soak that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=1_000_000, metavar="N")
    began = time.perf_counter()
    kept = soak(parser.parse_args().exchanges)
    print(f"\nThat took {time.perf_counter() - began:.0f} s.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
