"""What redaction costs: on a request's path, and in tapscope's own thread.

Taps with rules and without take turns within one process, as :mod:`bus` has it;
figures are medians over rounds.  What a thread spends is what the system says of
its processor time, so nothing that runs beside it counts.  Prints Markdown; the
exit code is 1 if the bound is missed.

    python benchmarks/redaction.py
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from collections.abc import Sequence
from random import Random
from time import process_time_ns, sleep, thread_time_ns

import attrs

from tapscope.agents.link import Carrier
from tapscope.agents.link.messages import Hello
from tapscope.agents.redaction import CREDENTIALS, Rules
from tapscope.agents.tap import Tap
from tapscope.channels.exchange import ClientExchange

ON_PATH = 2_000
"""Nanoseconds that rules may add to a request in the thread that makes it."""
ROUNDS = 60
BURST = 1_000_000
"""Bytes of bodies in a round: well below what makes the queue full."""
MOST = 50
"""Exchanges in a round."""
SIZES = (0, 1024, 10 * 1024, 100 * 1024)

_REQUEST = [
    (b"Host", b"shop.example"),
    (b"User-Agent", b"python-httpx/0.28.1"),
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
    (b"Connection", b"keep-alive"),
    (b"Authorization", b"Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.abc"),
    (b"Content-Type", b"application/json"),
]
_RESPONSE = [
    (b"Date", b"Fri, 01 Jan 2027 00:00:00 GMT"),
    (b"Content-Type", b"application/json; charset=utf-8"),
    (b"Content-Length", b"1024"),
    (b"Connection", b"keep-alive"),
    (b"Cache-Control", b"no-cache"),
    (b"Vary", b"Accept-Encoding"),
    (b"Set-Cookie", b"session=0123456789abcdef; Path=/; HttpOnly"),
    (b"X-Request-Id", b"7c0b7c4e-2f0e-4c43-9d4c-8d3d4d2a3c1b"),
]


CASES: dict[str, Rules | None] = {
    "no rules": None,
    "no rules again": None,
    "one header": Rules(headers={"Authorization"}),
    "headers and query": Rules(headers=CREDENTIALS.headers, query=CREDENTIALS.query),
    "`CREDENTIALS`": CREDENTIALS,
    "`CREDENTIALS`, something to hide": CREDENTIALS,
    "a function": Rules(calls=[lambda _kind, _name, _value: False]),
}


class Nowhere(Carrier):
    """A link that takes everything at once, and brings nothing."""

    between_processes = False

    def write(self, data: memoryview) -> int:
        return len(data)

    def read(self) -> bytes:
        return b""

    def wait(self, seconds: float, *, writing: bool) -> None:
        del writing
        sleep(seconds)


@attrs.frozen
class Spent:
    """Nanoseconds for one exchange: in the thread that made it, and in all others."""

    on_path: float
    beside: float


@attrs.define
class Watched:
    """A tap with rules, or without, and what its rounds have cost.

    Attributes:
        data: The response's body.
    """

    rules: Rules | None
    data: bytes
    rounds: list[Spent] = attrs.field(factory=list[Spent])
    _tap: Tap = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._tap = Tap(Nowhere, lambda: Hello("", "program", 1), print, print)
        if self.rules is not None:
            self._tap.redact(self.rules)
        self._tap.start()

    def run(self, count: int) -> None:
        """Make *count* exchanges, and have them delivered."""
        self._tap.attach()
        path, all_threads = thread_time_ns(), process_time_ns()
        for _ in range(count):
            self._exchange()
        path = thread_time_ns() - path
        self._tap.flush()
        beside = process_time_ns() - all_threads - path
        self._tap.detach()
        self.rounds.append(Spent(path / count, beside / count))

    def _exchange(self) -> None:
        url = "https://shop.example/items?page=2&token=abcdefgh"
        exchange = ClientExchange.start("GET", url, list(_REQUEST))
        exchange.responded(200, "OK", "http/1.1", list(_RESPONSE), None, None, None)
        exchange.received(self.data)
        exchange.finish()

    def result(self) -> Spent:
        """Give the medians, and end."""
        self._tap.close()
        return Spent(
            statistics.median(each.on_path for each in self.rounds),
            statistics.median(each.beside for each in self.rounds),
        )


def body(size: int, *, secret: bool) -> bytes:
    """Give about *size* bytes of JSON as APIs have it."""
    row = {"id": 7, "name": "a shirt", "price": 12.5, "tags": ["red", "small"], "stock": None}
    rows: list[object] = [row] * max(size // 85, 1)
    return json.dumps([*rows, {"token": "abcdefgh"}] if secret else rows).encode() if size else b""


def measure(size: int, rounds: int) -> dict[str, Spent]:
    """Let all cases take turns, with bodies of about *size* bytes."""
    watched = {
        name: Watched(rules, body(size, secret="hide" in name)) for name, rules in CASES.items()
    }
    count = min(MOST, BURST // max(size, 1))
    turns = Random(size)  # what comes after much work finds the caches cold
    for _ in range(rounds):
        for each in turns.sample([*watched.values()], len(watched)):
            each.run(count)
    return {name: each.result() for name, each in watched.items()}


def row(name: str, bare: Sequence[Spent], spent: Sequence[Spent]) -> str:
    """Give a line of the table; what others spend is told as what *bare* does not."""
    path, more = spent[1].on_path, spent[1].on_path - bare[1].on_path
    beside = " | ".join(
        f"{(each.beside - least.beside) / 1000:,.0f} us"
        for each, least in zip(spent, bare, strict=True)
    )
    return f"| {name} | {path / 1000:.1f} us | {more / 1000:+.1f} us | {beside} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default: {ROUNDS}")
    rounds = parser.parse_args().rounds
    sizes = [measure(size, rounds) for size in SIZES]
    print(
        "| rules | request's thread | more | own thread: no body | 1 KB of JSON | 10 KB | 100 KB |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    bare = [each["no rules"] for each in sizes]
    for name in CASES:
        print(row(name, bare, [each[name] for each in sizes]))
    print(f"\nPython {platform.python_version()}; of the own thread, what it does for the rules.")
    path = {name: spent.on_path for name, spent in sizes[1].items()}
    sys.exit(any(time - path["no rules"] > ON_PATH for time in path.values()))


if __name__ == "__main__":
    main()
